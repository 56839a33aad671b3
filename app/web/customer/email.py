"""내 정보: 이메일로도 소식 받기. An address, what may go there, and taking it away again."""

from __future__ import annotations

from flask import current_app, flash, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import queries as people
from app.customers.rules import ADS_EMAIL
from app.flows import email as flow
from app.kit.refusals import Invalid
from app.web.answers import invalid, see_other
from app.web.customer.blueprint import bp
from app.web.customer.mine import my_page, sends_mail
from app.web.doors import door, now
from app.web.guards import current_card, current_shop

_SENT = "메일을 보냈어요. 메일의 주소를 눌러 확인하면 그때부터 소식을 보내 드려요."


@door(bp, "/c/<code>/me/email", methods=("POST",), audience="customer", role="holder", tenant="code")
def me_email(code: str) -> ResponseReturnValue:
    """Note an address and send the link that confirms it."""
    holder, shop = current_card(), current_shop()
    typed, ads = request.form.get("email", "")[:400], request.form.get(ADS_EMAIL) == "y"
    if not sends_mail():
        return see_other(url_for("customer.me", code=code))
    try:
        flow.give_email(
            shop_id=holder.shop_id,
            shop_code=shop.code,
            customer_id=holder.customer_id,
            typed=typed,
            ads=ads,
            ip=request.remote_addr or "",
            user_agent=request.user_agent.string,
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Invalid as refusal:
        return invalid(
            "customer/me.html", **my_page(), typed_email=typed, typed_ads=ads, wrong_email=refusal.fields
        )
    mine = people.my_details(shop_id=holder.shop_id, customer_id=holder.customer_id)
    flash("저장했어요" if mine.email_checked_at else _SENT)
    return see_other(url_for("customer.me", code=code, _anchor="email-part"))


@door(bp, "/c/<code>/me/email/removal", methods=("POST",), audience="customer", role="holder", tenant="code")
def me_email_removal(code: str) -> ResponseReturnValue:
    """Forget the address."""
    holder = current_card()
    flow.drop_email(
        shop_id=holder.shop_id,
        customer_id=holder.customer_id,
        ip=request.remote_addr or "",
        user_agent=request.user_agent.string,
        now=now(),
    )
    flash("이메일 주소를 지웠어요")
    return see_other(url_for("customer.me", code=code))
