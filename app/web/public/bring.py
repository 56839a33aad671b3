"""The other end of "브라우저로 열기": the card comes along. Looking burns nothing; the button does (S08)."""

from __future__ import annotations

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import handover as flow
from app.flows import own_card
from app.web import cookies
from app.web.doors import door, now
from app.web.guards import current_shop
from app.web.public.blueprint import bp


@door(bp, "/s/<code>/open/<token>", methods=("GET", "POST"), audience="public", tenant="code")
def bring(code: str, token: str) -> ResponseReturnValue:
    """Ask whether this browser shall hold the card, then hold it."""
    shop = current_shop()
    if request.method == "GET":
        return render_template("public/bring.html", shop=shop, token=token)
    browser = cookies.browser_token_or_new()
    flow.take_card(
        shop_id=shop.id,
        token=token,
        browser_token=browser,
        user_agent=request.user_agent.string,
        master=current_app.config["MASTER_KEY"],
        now=now(),
    )
    own_card.note_browser(
        shop_id=shop.id, browser_token=browser, staff_token=cookies.staff_token(), now=now()
    )
    return cookies.keep_browser(make_response(redirect(url_for("customer.card", code=code), 303)), browser)
