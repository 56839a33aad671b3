"""손님용 태블릿: a number pad, a word, the result; then nothing of anybody is left on it."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import kiosk
from app.flows import access
from app.flows import kiosk as flow
from app.kit.refusals import Invalid, Refused
from app.kit.signing import new_token
from app.shops import queries as shops
from app.shops.rules import SecondStepDue, WrongLogin
from app.web import cookies, counter_codes, origin
from app.web.answers import fragment, see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_kiosk
from app.web.public.blueprint import bp

_WHY_NOT = {
    "too_soon": "방금 찍어서 이번에는 찍지 않았어요",
    "over_cap": "오늘 받을 수 있는 도장을 다 받았어요",
}


def _board(**more: Any) -> dict[str, Any]:
    return {
        "shop": current_kiosk().shop,
        "seen": None,
        "error": "",
        "typed": "",
        "key": new_token(),
        "why_not": _WHY_NOT,
        **more,
    }


@door(bp, "/kiosk", audience="public", tenant="kiosk")
def kiosk_pad() -> ResponseReturnValue:
    """The number pad, and the counter's QR for who has a phone."""
    return render_template("kiosk/board.html", **_board())


@door(bp, "/kiosk/calls", methods=("POST",), audience="public", tenant="kiosk")
def kiosk_call() -> ResponseReturnValue:
    """Take a number; with a card or without, the answer is the same (S06)."""
    here = current_kiosk()
    typed = request.form.get("number", "")[:20]
    once = request.form.get("once", "").strip()[:38] or new_token()
    try:
        ref = flow.call(shop_id=here.shop.id, kiosk_id=here.id, typed=typed, once=once, now=now())
    except Invalid as error:
        context = _board(error=error.fields["number"], typed=typed)
        if wants_fragment():
            return fragment("kiosk/board.html", "board", **context), 422
        return render_template("kiosk/board.html", **context), 422
    if not wants_fragment():
        return see_other(url_for("public.kiosk_state", ref=ref))
    return fragment("kiosk/board.html", "board", **_board(seen=_seen(ref)))


def _seen(ref: str) -> kiosk.CallState | None:
    here = current_kiosk()
    return kiosk.call_state(shop_id=here.shop.id, kiosk_id=here.id, ref=ref, now=now())


@door(bp, "/kiosk/calls/<ref>", audience="public", tenant="kiosk")
def kiosk_state(ref: str) -> ResponseReturnValue:
    """What has become of a number, as a page; once it has been seen there is the empty pad again."""
    seen = _seen(ref)
    if seen is None:
        return redirect(url_for("public.kiosk_pad"))
    return render_template("kiosk/board.html", **_board(seen=seen))


@door(bp, "/kiosk/calls/<ref>/board", audience="public", tenant="kiosk")
def kiosk_board(ref: str) -> ResponseReturnValue:
    """The same as the piece that changes; 204 while nothing did (`v`: what is shown)."""
    seen = _seen(ref)
    if seen is not None and request.args.get("v") == f"{seen.state}{seen.refused}":
        return "", 204
    return fragment("kiosk/board.html", "board", **_board(seen=seen))


@door(bp, "/kiosk/codes", audience="public", tenant="kiosk")
def kiosk_codes() -> ResponseReturnValue:
    """The counter's codes ahead of time."""
    return counter_codes.ahead(current_kiosk().shop, f"k{current_kiosk().id}")


@door(bp, "/kiosk/code.svg", audience="public", tenant="kiosk")
def kiosk_code_svg() -> ResponseReturnValue:
    """The counter's code of this moment as a picture."""
    return counter_codes.picture(current_kiosk().shop, f"k{current_kiosk().id}")


@door(bp, "/kiosk/end", methods=("GET", "POST"), audience="public", tenant="kiosk")
def kiosk_end() -> ResponseReturnValue:
    """Take the tablet back on the spot: by the login of the owner or a manager of this shop."""
    here = current_kiosk()
    if request.method == "GET":
        return render_template("kiosk/end.html", shop=here.shop, typed="", error=None)
    typed = request.form.get("login", "")
    try:
        shop_id, staff_id, token = _who(typed, request.form.get("password", ""))
        person = next((line for line in shops.staff_of(here.shop.id) if line.id == staff_id), None)
        if shop_id != here.shop.id or person is None or person.role == "staff":
            raise WrongLogin
    except Refused as refusal:
        page = render_template("kiosk/end.html", shop=here.shop, typed=typed, error=refusal.sentence)
        return page, refusal.status
    flow.turn_off(shop_id=here.shop.id, kiosk_id=here.id, staff_id=staff_id, now=now())
    answer = cookies.forget_kiosk(make_response(redirect(url_for("owner.home"), 303)))
    return cookies.keep_staff(answer, token) if token else answer


def _who(login: str, password: str) -> tuple[int, int, str]:
    """Return (shop, person, session token) of who signs in; whose second step is due gets no session yet."""
    try:
        token = access.sign_in(
            login=login,
            password=password,
            user_agent=request.headers.get("User-Agent", ""),
            ip=request.remote_addr or "",
            is_secure=origin.is_secure(),
            now=now(),
        )
    except SecondStepDue as due:
        return due.shop_id, due.staff_id, ""
    staff = shops.staff_by_session(token, is_secure=origin.is_secure(), now=now())
    if staff is None:
        raise WrongLogin
    return staff.shop.id, staff.staff_id, token
