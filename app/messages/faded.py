"""Regulars who fell silent and to whom the shop has said nothing since: what one can still do something about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.insights import moves
from app.kit.clock import start_of_day
from app.messages.models import Message

MOVE = "faded"
# What is said to one person for their own sake, or to a group of them.
_SAID = ("come_back", "dormant", "personal", "campaign", "coupon_gift")
_GONE = ("suppressed", "cancelled", "failed", "dead", "expired")
# The newest of them decide: a large shop's home opens as fast.
LOOKED_AT = 200


@dataclass(frozen=True)
class Faded:
    """Regulars who fell silent within a month, up to LOOKED_AT. `unheard`: how many have heard nothing since."""

    people: int
    sentence: str
    unheard: int


def faded(shop_id: int, *, now: datetime) -> Faded | None:
    """Return who fell silent, None when nobody did or everybody was asked after."""
    newest = moves.newest(shop_id=shop_id, name=MOVE, now=now, limit=LOOKED_AT)
    if not newest:
        return None
    said = db.session.execute(
        select(Message.customer_id, func.max(Message.due_at).label("last"))
        .where(
            Message.shop_id == shop_id,
            Message.customer_id.in_([customer_id for customer_id, _since in newest]),
            Message.kind.in_(_SAID),
            Message.state.not_in(_GONE),
        )
        .group_by(Message.customer_id)
    )
    last = {row.customer_id: row.last for row in said}
    unheard = sum(who not in last or last[who] < start_of_day(since) for who, since in newest)
    if not unheard:
        return None
    people = len(newest)
    return Faded(people, moves.sentence(MOVE, people, or_more=people == LOOKED_AT), unheard)
