"""전에 만든 카드가 있어요: a new phone gets its card by the code of its number, or at the counter."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import queries as cards
from app.customers import merges
from app.flows import own_card, phone_proof, restore
from app.flows.restore import Restored
from app.kit.refusals import Invalid, Refused
from app.messages import queries as letters
from app.web import cookies
from app.web.answers import invalid, see_other
from app.web.doors import door, now
from app.web.guards import current_shop
from app.web.public.blueprint import bp

# Said only to who typed the code back.
_SAID = {
    "restored": "카드를 찾았어요. 이제 이 휴대폰에서 쓰시면 돼요.",
    "merged": "카드를 찾았어요. 이 휴대폰에 모은 도장도 함께 넣었어요.",
    "own": "번호를 확인했어요. 휴대폰을 바꿔도 이 번호로 카드를 찾을 수 있어요.",
    "nothing": "이 번호로 만든 카드는 없어요. 이 카드에 이름과 번호를 적어 두실 수 있어요.",
}


def _held() -> bool:
    token = cookies.browser_token()
    return bool(token and cards.holder(shop_id=current_shop().id, browser_token=token))


def _keep(answer: Response | str) -> Response:
    return cookies.keep_browser(make_response(answer), cookies.browser_token_or_new())


@door(bp, "/s/<code>/restore", methods=("GET", "POST"), audience="public", tenant="code")
def restore_card(code: str) -> ResponseReturnValue:
    """Ask for the number. The answer is the same whether the shop knows it or not (S06)."""
    shop = current_shop()
    if request.method == "GET":
        return _keep(
            render_template("public/restore.html", shop=shop, held=_held(), typed="", wrong={}, refusal="")
        )
    typed, token = request.form.get("phone", ""), cookies.browser_token_or_new()
    wrong, refusal, status = {}, "", 422
    try:
        phone_proof.ask(
            shop_id=shop.id,
            browser_token=token,
            typed=typed,
            source="link",
            user_agent=request.user_agent.string,
            ip=request.remote_addr or "",
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
        return cookies.keep_browser(see_other(url_for("public.restore_code", code=code)), token)
    except Invalid as error:
        wrong = error.fields
    except Refused as error:
        refusal, status = error.sentence, error.status
    page, status = invalid(
        "public/restore.html",
        status=status,
        shop=shop,
        held=_held(),
        typed=typed,
        wrong=wrong,
        refusal=refusal,
    )
    return cookies.keep_browser(make_response(page, status), token)


@door(bp, "/s/<code>/restore/code", methods=("GET", "POST"), audience="public", tenant="code")
def restore_code(code: str) -> ResponseReturnValue:
    """Take the six digits; only the browser that asked may answer."""
    shop, token = current_shop(), cookies.browser_token()
    by_hand = letters.code_goes_by_hand(shop_id=shop.id, browser_token=token or "")
    page: dict[str, Any] = {"shop": shop, "by_hand": by_hand}
    if request.method == "GET" or token is None:
        return render_template("public/restore_code.html", **page, wrong={})
    try:
        found = restore.by_code(
            shop_id=shop.id,
            browser_token=token,
            typed=request.form.get("digits", ""),
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Refused as error:
        return invalid(
            "public/restore_code.html", status=error.status, **page, wrong={"digits": error.sentence}
        )
    own_card.note_browser(shop_id=shop.id, browser_token=token, staff_token=cookies.staff_token(), now=now())
    return _arrived(code, found)


def _arrived(code: str, found: Restored) -> ResponseReturnValue:
    flash(_SAID[found.what])
    at = "customer.details" if found.what == "nothing" else "customer.card"
    return see_other(url_for(at, code=code))


@door(bp, "/s/<code>/restore/counter", methods=("GET", "POST"), audience="public", tenant="code")
def restore_counter(code: str) -> ResponseReturnValue:
    """Wait at the counter under a word that the staff's screen shows as well."""
    shop, token = current_shop(), cookies.browser_token_or_new()
    if request.method == "GET":
        word = merges.waiting_word(shop_id=shop.id, browser_token=token, now=now())
        if word is None and _was_given(token):
            return redirect(url_for("customer.card", code=code))
        return _keep(render_template("public/restore_counter.html", shop=shop, word=word, refusal=""))
    try:
        restore.wait_here(
            shop_id=shop.id,
            browser_token=token,
            user_agent=request.user_agent.string,
            staff_token=cookies.staff_token(),
            now=now(),
        )
    except Refused as error:
        return invalid(
            "public/restore_counter.html", status=error.status, shop=shop, word=None, refusal=error.sentence
        )
    return cookies.keep_browser(see_other(url_for("public.restore_counter", code=code)), token)


@door(bp, "/s/<code>/restore/counter/live", audience="public", tenant="code")
def restore_counter_live(code: str) -> ResponseReturnValue:
    """Lead to the card once it was moved; 204 while the word still waits."""
    shop, token = current_shop(), cookies.browser_token() or ""
    if merges.waiting_word(shop_id=shop.id, browser_token=token, now=now()) is not None:
        return "", 204
    at = "customer.card" if _was_given(token) else "public.restore_counter"
    return "", 200, {"HX-Redirect": url_for(at, code=code)}


def _was_given(token: str) -> bool:
    shop_id = current_shop().id
    given = merges.was_given(shop_id=shop_id, browser_token=token, now=now())
    return given and cards.holder(shop_id=shop_id, browser_token=token) is not None
