"""포장의 QR: the buyer puts the certificate on their card; and whoever is handed one takes it with a card of their own."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import own_card, warranty_move, warranty_package
from app.flows.warranty import GONE
from app.kit.clock import kst_day
from app.kit.refusals import NotHere, Refused
from app.warranties import hands
from app.warranties import queries as warranties
from app.warranties.rules import MoveOver
from app.web import cookies
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_shop, held_card
from app.web.public.blueprint import bp


@door(bp, "/s/<code>/package/<secret>", methods=("GET", "POST"), audience="public", tenant="code")
def package(code: str, secret: str) -> ResponseReturnValue:
    """Show what the package's certificate promises and one button; pressing it puts it on the card (S08)."""
    shop, holder = current_shop(), held_card()
    certificate = warranties.of_package(shop_id=shop.id, secret=secret)
    if certificate is None:
        raise NotHere(GONE)
    state = certificate.state(kst_day(now()))
    page: dict[str, Any] = {
        "shop": shop,
        "certificate": certificate,
        "state": state,
        "refusal": "",
        "secret": secret,
    }
    page["has_card"] = holder is not None
    if request.method == "GET":
        if holder is not None and holder.customer_id == certificate.customer_id and state != "ended":
            return redirect(url_for("customer.warranty", code=code, serial=certificate.serial))
        return _with_cookie(render_template("public/package.html", **page))
    token = cookies.browser_token_or_new()
    try:
        claimed = warranty_package.claim(
            shop_id=shop.id,
            secret=secret,
            browser_token=token,
            user_agent=request.user_agent.string,
            now=now(),
        )
    except Refused as refusal:
        return make_response(
            render_template("public/package.html", **page | {"refusal": refusal.sentence}), refusal.status
        )
    flash("보증서를 카드에 담았어요")
    return _keep(see_other(url_for("customer.warranty", code=code, serial=claimed.serial)), token)


@door(bp, "/s/<code>/handover/<token>", methods=("GET", "POST"), audience="public", tenant="code")
def handover_offer(code: str, token: str) -> ResponseReturnValue:
    """Show who hands what on, and one button; pressing it takes it (S08)."""
    shop, holder = current_shop(), held_card()
    offer = hands.offered(shop_id=shop.id, token=token, now=now())
    if offer is None:
        raise NotHere(MoveOver.sentence)
    page: dict[str, Any] = {"shop": shop, "offer": offer, "token": token, "has_card": holder is not None}
    page["is_mine"] = holder is not None and holder.customer_id == offer.from_customer
    page["declined"] = request.args.get("declined") == "1"
    if request.method == "GET":
        return _with_cookie(render_template("public/handover.html", **page, refusal=""))
    browser = cookies.browser_token_or_new()
    try:
        taken = warranty_move.take(
            shop_id=shop.id,
            token=token,
            browser_token=browser,
            user_agent=request.user_agent.string,
            now=now(),
        )
    except Refused as refusal:
        return make_response(
            render_template("public/handover.html", **page, refusal=refusal.sentence), refusal.status
        )
    flash("보증서를 받아 카드에 담았어요")
    return _keep(see_other(url_for("customer.warranty", code=code, serial=taken.serial)), browser)


@door(bp, "/s/<code>/handover/<token>/refusal", methods=("POST",), audience="public", tenant="code")
def refuse_handover(code: str, token: str) -> ResponseReturnValue:
    """받지 않을래요: nothing goes over, and who offered it is told."""
    shop, holder = current_shop(), held_card()
    whose = holder.customer_id if holder is not None else None
    warranty_move.decline(shop_id=shop.id, token=token, customer_id=whose, now=now())
    flash("받지 않기로 했어요. 주시려던 분께 알려 드려요")
    return see_other(url_for("public.handover_offer", code=code, token=token, declined=1))


def _with_cookie(page: str) -> Response:
    """Answer with the cookie that will hold the card: two taps without scripts are then one person's."""
    return cookies.keep_browser(make_response(page), cookies.browser_token_or_new())


def _keep(answer: Response, browser_token: str) -> Response:
    """Let this browser keep the card; who is signed in here as staff got one of their own."""
    own_card.note_browser(
        shop_id=current_shop().id, browser_token=browser_token, staff_token=cookies.staff_token(), now=now()
    )
    return cookies.keep_browser(answer, browser_token)
