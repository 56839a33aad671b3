"""내 번호: prove it by a code, and take the card off every other phone."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import queries as people
from app.flows import phone_proof, reissue
from app.kit.refusals import Refused
from app.web import cookies
from app.web.answers import invalid, see_other
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop


@door(bp, "/c/<code>/me/number", methods=("GET", "POST"), audience="customer", role="holder", tenant="code")
def number(code: str) -> ResponseReturnValue:
    """Offer to prove the number one left; nobody has to. It says nothing of whether another card has it (S06)."""
    holder, shop = current_card(), current_shop()
    phone = people.my_details(shop_id=holder.shop_id, customer_id=holder.customer_id).phone
    if phone is None:
        return redirect(url_for("customer.details", code=code))
    if request.method == "GET":
        return render_template("customer/number.html", shop=shop, phone=phone, refusal="")
    try:
        phone_proof.ask(
            shop_id=shop.id,
            browser_token=cookies.browser_token_or_new(),
            typed=phone,
            source="card",
            user_agent=request.user_agent.string,
            ip=request.remote_addr or "",
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Refused as error:
        return invalid(
            "customer/number.html", status=error.status, shop=shop, phone=phone, refusal=error.sentence
        )
    return see_other(url_for("public.restore_code", code=code))


@door(
    bp,
    "/c/<code>/me/other-phones",
    methods=("GET", "POST"),
    audience="customer",
    role="holder",
    tenant="code",
)
def new_codes(code: str) -> ResponseReturnValue:
    """Say what happens to the other phones; the press takes the card off them."""
    holder = current_card()
    where = {"shop_id": holder.shop_id, "customer_id": holder.customer_id}
    if request.method == "GET":
        others = people.browsers_of(**where) - 1
        return render_template("customer/new_codes.html", shop=current_shop(), others=others)
    reissue.reissue(**where, staff_id=None, but_browser=cookies.browser_token_or_new(), now=now())
    flash("다른 휴대폰에서 카드를 모두 내렸어요")
    return see_other(url_for("customer.me", code=code))
