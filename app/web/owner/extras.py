"""덤 드렸어요: what was handed over is noted with one tap on the panel, and taken back with one."""

from __future__ import annotations

from typing import Any

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from app.cards import counter
from app.flows import gifts as flow
from app.flows.gifts import Given
from app.kit.particles import josa
from app.kit.refusals import Invalid
from app.web.answers import fragment, see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.panels import panel_context


def _again(card_id: int, said: str, given: Given | None = None) -> ResponseReturnValue:
    if wants_fragment():
        more: dict[str, Any] = {}
        if given is not None:
            more = {"undo": url_for("owner.undo_given", given_id=given.id), "undo_label": "되돌리기"}
        return fragment(
            "owner/panel.html", "panel", **panel_context(card_id), said=said, in_place=True, **more
        )
    flash(said)
    return see_other(url_for("owner.panel", card_id=card_id))


@door(
    bp,
    "/owner/panel/<int:card_id>/extras",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def give_extra(card_id: int) -> ResponseReturnValue:
    """덤 드렸어요, or a gift of a list that waits for this person (`gift`)."""
    staff = current_staff()
    own: dict[str, Any] = {
        "shop_id": staff.shop.id,
        "staff_id": staff.staff_id,
        "once": asked.once(),
        "now": now(),
    }
    seen = panel_context(card_id)["seen"]
    gift_id = asked.number("gift")
    try:
        given = (
            flow.tick(**own, gift_id=gift_id, customer_id=seen.customer_id)
            if gift_id is not None
            else flow.give_extra(**own, card_id=card_id, what=asked.text("what"))
        )
    except Invalid as error:
        return _again(card_id, next(iter(error.fields.values())))
    return _again(card_id, f"{josa(given.what, '을/를')} 드렸어요", given)


@door(
    bp,
    "/owner/given/<int:given_id>/reversal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def undo_given(given_id: int) -> ResponseReturnValue:
    """Take a mark back that was a mistake, and show where it was pressed as it is now."""
    staff = current_staff()
    given = flow.take_back(shop_id=staff.shop.id, staff_id=staff.staff_id, given_id=given_id, now=now())
    said, place = "되돌렸어요", asked.text("from")
    if not wants_fragment() and place == "gift" and given.gift_id is not None:
        flash(said)
        return see_other(url_for("owner.gift", gift_id=given.gift_id, given="1"))
    if not wants_fragment() and place == "person":
        flash(said)
        return see_other(url_for("owner.person", customer_id=given.customer_id))
    card_id = counter.card_of_customer(shop_id=staff.shop.id, customer_id=given.customer_id)
    return see_other(url_for("owner.people")) if card_id is None else _again(card_id, said)
