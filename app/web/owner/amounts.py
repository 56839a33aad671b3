"""금액 단추: the prices a shop taps after a stamp, and the amount of a visit put right the same day."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import history
from app.flows import amount as flow
from app.kit.korean import won
from app.kit.refusals import Invalid, NotHere
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.panel import again
from app.web.owner.panels import panel_context

_FIELDS = tuple(f"price{place}" for place in range(1, 7))


@door(
    bp,
    "/owner/entries/<int:entry_id>/amount",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def visit_amount(entry_id: int) -> ResponseReturnValue:
    """Put an amount on the visit of a stamp: a price button, one's own number, or nothing any more."""
    staff = current_staff()
    typed = "" if "clear" in request.form else asked.text("price") or asked.text("amount")
    if not typed.strip() and "clear" not in request.form:
        typed = "0"  # nothing typed is no wish to take the amount away
    try:
        card_id, amount = flow.put(
            shop_id=staff.shop.id, staff_id=staff.staff_id, entry_id=entry_id, typed=typed, now=now()
        )
    except Invalid as error:
        on_card = history.card_of_entry(shop_id=staff.shop.id, entry_id=entry_id)
        if on_card is None:
            raise NotHere from error
        wrong = {"wrong_amount": error.fields["amount"], "typed_amount": asked.text("amount")[:12]}
        context = panel_context(on_card) | wrong
        return answers.invalid("owner/panel.html", "panel", **context, in_place=answers.wants_fragment())
    return again(card_id, f"{won(amount)} 적었어요" if amount else "금액을 지웠어요")


@door(bp, "/owner/more/prices", methods=("GET", "POST"), audience="owner", role="manager", tenant="session")
def price_buttons() -> ResponseReturnValue:
    """Three to six prices that become buttons, or none."""
    staff = current_staff()
    if request.method == "GET":
        typed = dict.fromkeys(_FIELDS, "") | dict(zip(_FIELDS, map(str, staff.shop.price_list), strict=False))
        return render_template("owner/prices.html", typed=typed, wrong={})
    typed = {name: asked.text(name)[:12] for name in _FIELDS}
    try:
        prices = flow.save_prices(
            shop_id=staff.shop.id, staff_id=staff.staff_id, typed=list(typed.values()), now=now()
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, _FIELDS)
        return answers.invalid("owner/prices.html", typed=typed, wrong=wrong)
    flash("저장했어요" if prices else "금액 단추를 껐어요")
    return see_other(url_for("owner.more"))
