"""Getting in and out: password, one-time link, and a form that was typed before the session ended."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.flows import access, own_card
from app.kit.refusals import Refused
from app.shops import queries as shops
from app.shops.rules import LinkGone, SecondStepDue
from app.web import cookies, half_way, origin
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.owner import asked, kept_words
from app.web.owner.blueprint import bp
from app.web.resume import read_kept


def local_path(value: str) -> str:
    """Return an address inside the owner's pages, or "" for anything that leads elsewhere (S25)."""
    if not value.startswith("/owner") or "\\" in value or any(ord(char) < 33 for char in value):
        return ""
    parts = urlsplit(value)
    if parts.scheme or parts.netloc or not (parts.path == "/owner" or parts.path.startswith("/owner/")):
        return ""
    return value


@door(bp, "/owner/login", methods=("GET", "POST"), audience="owner")
def login() -> ResponseReturnValue:
    """Sign in by password; afterwards go on to where one wanted, or to the form that was kept."""
    if request.method == "GET":
        return _login_page(next_=local_path(request.args.get("next", "")))
    next_, resume = local_path(asked.text("next")), asked.text("resume")
    try:
        token = access.sign_in(
            login=asked.text("login"),
            password=asked.text("password"),
            user_agent=asked.user_agent(),
            ip=asked.ip(),
            is_secure=origin.is_secure(),
            now=now(),
        )
    except SecondStepDue as due:
        return half_way.note(make_response(_second_page(next_=next_, resume=resume)), due)
    except Refused as refusal:
        return _login_page(next_=next_, resume=resume, typed=asked.text("login"), refusal=refusal)
    return let_in(on_to(next_, resume, _who(token) if resume else None), token)


def let_in(answer: Response, token: str) -> Response:
    """Answer who just got in. A card that this browser holds here is their own from now on (S04).

    Whoever was signed in on it before is no more: their complaints would ring before other eyes.
    """
    access.take_over(was=cookies.staff_token(), token=token, now=now())
    staff = shops.staff_by_session(token, is_secure=origin.is_secure(), now=now())
    if staff is not None:
        own_card.note_browser(
            shop_id=staff.shop.id, browser_token=cookies.browser_token(), staff_token=token, now=now()
        )
    return cookies.keep_staff(answer, token)


def _who(token: str) -> int | None:
    staff = shops.staff_by_session(token, is_secure=origin.is_secure(), now=now())
    return staff.holder_id if staff else None


def on_to(next_: str, resume: str, staff_id: int | None) -> Response:
    """Answer who just got in: the form that they, and nobody else, had typed, or where they wanted to go."""
    kept = read_kept(resume) if resume else None
    if kept is not None and local_path(kept.path):
        if kept.whose == staff_id:
            shown = {"title": kept_words.title(kept), "lines": kept_words.lines(kept)}
            page = render_template("owner/resume.html", kept=kept, **shown, unseen=kept_words.unseen(kept))
            return make_response(page)
        flash("쓰던 내용은 그 내용을 쓴 분만 이어서 저장할 수 있어요.")
    return see_other(next_ or url_for("owner.home"))


@door(bp, "/owner/login/second", methods=("GET", "POST"), audience="owner")
def login_second() -> ResponseReturnValue:
    """Ask for the six digits, in the browser that typed the right password a moment ago; it is not sent again."""
    noted = half_way.read()
    if noted is None:
        flash("시간이 지났어요. 처음부터 다시 로그인해 주세요.")
        return see_other(url_for("owner.login"))
    if request.method == "GET":
        return _second_page(next_=local_path(request.args.get("next", "")))
    next_, resume = local_path(asked.text("next")), asked.text("resume")
    try:
        token = access.sign_in_second(
            shop_id=noted.shop_id,
            staff_id=noted.staff_id,
            mark=noted.mark,
            typed=asked.text("second"),
            user_agent=asked.user_agent(),
            ip=asked.ip(),
            is_secure=origin.is_secure(),
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Refused as refusal:
        return _second_page(next_=next_, resume=resume, error=refusal.sentence), refusal.status
    return cookies.forget_half_way(let_in(on_to(next_, resume, noted.staff_id), token))


def _second_page(*, next_: str, resume: str = "", error: str | None = None) -> str:
    return render_template("owner/login_second.html", next=next_, resume=resume, error=error)


def _login_page(
    *, next_: str, resume: str = "", typed: str = "", refusal: Refused | None = None
) -> ResponseReturnValue:
    page = render_template(
        "owner/login.html",
        next=next_,
        resume=resume,
        typed=typed,
        error=refusal.sentence if refusal else None,
    )
    return page, refusal.status if refusal else 200


@door(bp, "/owner/enter/<token>", methods=("GET", "POST"), audience="owner", tenant="token")
def enter(token: str) -> ResponseReturnValue:
    """Show a page with a button (a link preview burns nothing); the button uses the link up (S08)."""
    if request.method == "POST":
        session = access.enter(
            token=token,
            user_agent=asked.user_agent(),
            ip=asked.ip(),
            is_secure=origin.is_secure(),
            now=now(),
        )
        return let_in(see_other(url_for("owner.home")), session)
    link = shops.open_link(token, now())
    if link is None or link.kind != "owner" or link.shop_id is None:
        if current_user.is_authenticated:
            return redirect(url_for("owner.home"))  # the link was theirs; they are in already
        raise LinkGone
    return render_template("owner/enter.html", token=token, shop_name=shops.shop_by_id(link.shop_id).name)


@door(bp, "/owner/logout", methods=("POST",), audience="owner", role="staff", tenant="session", device="own")
def logout() -> Response:
    """Sign this browser out: the session's row ends, not only the cookie."""
    token = cookies.staff_token()
    if token:
        access.sign_out(token=token, now=now())
    flash("로그아웃했어요.")
    return cookies.forget_staff(see_other(url_for("owner.login")))
