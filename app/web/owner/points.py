"""포인트 쓰기 from the panel, and back again."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from app.cards.promises import PointsShort, PointsUnderLeast, read_points
from app.flows import points as flow
from app.flows.spending import NotProven
from app.kit.refusals import Invalid
from app.web import answers
from app.web.answers import wants_fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.panel import again, back_to
from app.web.owner.panels import panel_context


@door(
    bp,
    "/owner/cards/<int:card_id>/points",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def spend_points(card_id: int) -> ResponseReturnValue:
    """Take the typed points off a card; what can't be taken stays typed, with the reason beside it."""
    staff = current_staff()
    typed = asked.text("points")
    try:
        spent = flow.spend(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            card_id=card_id,
            points=read_points(typed),
            once=asked.once(),
            now=now(),
        )
    except (Invalid, PointsShort, PointsUnderLeast, NotProven) as refusal:
        context = panel_context(card_id) | {"points_typed": typed, "points_wrong": refusal.sentence}
        return answers.invalid("owner/panel.html", "panel", **context, said="", in_place=wants_fragment())
    return again(
        card_id,
        f"포인트 {spent.points:,}점을 썼어요",
        undo=url_for("owner.undo_points", entry_id=spent.entry_id),
        undo_label="사용 취소",
    )


@door(
    bp,
    "/owner/points/<int:entry_id>/reversal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def undo_points(entry_id: int) -> ResponseReturnValue:
    """Give points back that were taken by mistake."""
    staff = current_staff()
    card_id = flow.undo_spend(shop_id=staff.shop.id, staff_id=staff.staff_id, entry_id=entry_id, now=now())
    return back_to(card_id, "사용을 취소했어요. 포인트가 카드에 다시 있어요")
