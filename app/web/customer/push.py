"""휴대폰 알림: switched on and off on this very phone. The browser asks only after a tap here, never by itself."""

from __future__ import annotations

from flask import current_app, flash, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import push as flow
from app.kit.refusals import Invalid
from app.web import cookies
from app.web.answers import invalid, see_other
from app.web.customer.blueprint import bp
from app.web.customer.mine import may_ring, my_page
from app.web.doors import door, now
from app.web.guards import current_card


@door(bp, "/c/<code>/me/push", methods=("POST",), audience="customer", role="holder", tenant="code")
def me_push(code: str) -> ResponseReturnValue:
    """Ring this phone: its browser said yes and told where."""
    holder = current_card()
    if not may_ring():
        return see_other(url_for("customer.me", code=code))
    try:
        flow.subscribe(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            browser_token=cookies.browser_token() or "",
            endpoint=request.form.get("endpoint", ""),
            p256dh=request.form.get("p256dh", "")[:120],
            auth=request.form.get("auth", "")[:40],
            age14=request.form.get("age14") == "y",
            ip=request.remote_addr or "",
            user_agent=request.user_agent.string,
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Invalid as refusal:
        return invalid("customer/me.html", **my_page(), wrong_push=refusal.fields)
    flash("이 휴대폰으로 알려 드릴게요")
    return see_other(url_for("customer.me", code=code, _anchor="push"))


@door(bp, "/c/<code>/me/push/removal", methods=("POST",), audience="customer", role="holder", tenant="code")
def me_push_removal(code: str) -> ResponseReturnValue:
    """이 휴대폰에서 알림 끄기."""
    holder = current_card()
    flow.unsubscribe(
        shop_id=holder.shop_id,
        customer_id=holder.customer_id,
        browser_token=cookies.browser_token() or "",
    )
    flash("이 휴대폰에서 알림을 껐어요")
    return see_other(url_for("customer.me", code=code, _anchor="push"))
