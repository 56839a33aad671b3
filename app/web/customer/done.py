"""끝나면 사진 받기: asked for on the card when something is left at the shop, and taken back there."""

from __future__ import annotations

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import work_done as flow
from app.kit.refusals import Invalid
from app.kit.signing import new_token
from app.messages import personal
from app.messages.personal import DoneLine
from app.web.answers import see_other
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop


def for_card() -> DoneLine | bool:
    """Return what this person waits for, True when it is offered, False in a shop that does not: nothing is asked."""
    if not current_shop().has(flow.USE):
        return False
    return personal.news_for(current_card().shop_id, current_card().customer_id) or True


@door(bp, "/c/<code>/done", methods=("POST",), audience="customer", role="holder", tenant="code")
def ask_news(code: str) -> ResponseReturnValue:
    """끝나면 사진 받을게요: once, for what was left at the shop just now."""
    holder = current_card()
    try:
        flow.ask(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            what=request.form.get("what", ""),
            once=(request.form.get("once") or new_token())[:40],
            now=now(),
        )
    except Invalid as error:
        flash(next(iter(error.fields.values())))
    else:
        flash("다 되면 사진과 함께 알려 드릴게요")
    return see_other(url_for("customer.card", code=code))


@door(
    bp,
    "/c/<code>/done/<int:done_id>/withdrawal",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
)
def withdraw_news(code: str, done_id: int) -> ResponseReturnValue:
    """안 받을래요."""
    holder = current_card()
    flow.withdraw(shop_id=holder.shop_id, done_id=done_id, customer_id=holder.customer_id, now=now())
    flash("알려 드리지 않을게요")
    return see_other(url_for("customer.card", code=code))
