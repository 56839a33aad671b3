"""생일과 기념일 of one's own: optional, with the consent beside them."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import queries as people
from app.customers.day_rules import FIELDS
from app.flows import celebrations as flow
from app.kit.refusals import Invalid
from app.web.answers import in_order, invalid, see_other
from app.web.customer.blueprint import bp
from app.web.days_form import days_form, typed_fields
from app.web.doors import door, now
from app.web.guards import current_card, current_shop


@door(bp, "/c/<code>/me/days", methods=("GET", "POST"), audience="customer", role="holder", tenant="code")
def my_days(code: str) -> ResponseReturnValue:
    """Show the days, or keep what was typed."""
    if request.method == "GET":
        return render_template("customer/my_days.html", **_page())
    holder = current_card()
    try:
        kept = flow.save(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            typed=typed_fields(),
            agrees=request.form.get("days") == "y",
            ip=request.remote_addr or "",
            user_agent=request.user_agent.string,
            now=now(),
        )
    except Invalid as refusal:
        return invalid("customer/my_days.html", **_page(in_order(refusal.fields, (*FIELDS, "days"))))
    flash("적어 두었어요" if kept else "적어 둔 날을 지웠어요")
    return see_other(url_for("customer.me", code=code))


@door(bp, "/c/<code>/me/days/removal", methods=("POST",), audience="customer", role="holder", tenant="code")
def my_days_removal(code: str) -> ResponseReturnValue:
    """Take the days away, and the consent with them."""
    holder = current_card()
    flow.forget(
        shop_id=holder.shop_id,
        customer_id=holder.customer_id,
        ip=request.remote_addr or "",
        user_agent=request.user_agent.string,
        now=now(),
    )
    flash("적어 둔 날을 지웠어요")
    return see_other(url_for("customer.me", code=code))


def _page(wrong: dict[str, str] | None = None) -> dict[str, Any]:
    holder = current_card()
    where = {"shop_id": holder.shop_id, "customer_id": holder.customer_id}
    standing = people.my_details(**where).standing
    is_known = standing["age14"] and standing["required"]
    return {"shop": current_shop(), "is_known": is_known, **days_form(**where, wrong=wrong)}
