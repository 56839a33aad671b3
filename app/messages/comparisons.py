"""Reads about an automation beyond its words: a second text it is compared with, its ways, why it stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.messages import ways
from app.messages.contract import Kind, Wire
from app.messages.models import Automation, Message
from app.messages.variants import A, B
from app.messages.ways import WayLine


@dataclass(frozen=True)
class AutomationMore:
    """What stands on an automation's page below its words."""

    text_b: str  # the other of two texts, or ""
    compared_at: datetime | None
    got_a: int  # how many people read the first text since then
    got_b: int
    ways: list[WayLine]
    chosen: str
    paused_why: str  # why it stands still, or ""

    @property
    def is_compared(self) -> bool:
        """Tell whether two texts are compared now."""
        return bool(self.text_b)

    @property
    def has_paid(self) -> bool:
        """Tell whether one of its ways costs money."""
        return any(way.is_paid for way in self.ways)


def more(shop_id: int, kind: Kind, *, wire: Wire) -> AutomationMore:
    """Return it for one kind."""
    row = db.session.execute(
        select(
            Automation.text_b,
            Automation.compared_at,
            Automation.ways,
            Automation.paused_at,
            Automation.paused_why,
        ).where(Automation.shop_id == shop_id, Automation.kind == kind.key)
    ).one_or_none()
    chosen = row.ways if row else ""
    counted = _counted(shop_id, kind.key, row.compared_at) if row and row.compared_at else {}
    return AutomationMore(
        text_b=row.text_b if row else "",
        compared_at=row.compared_at if row else None,
        got_a=counted.get(A, 0),
        got_b=counted.get(B, 0),
        ways=ways.offered(shop_id, kind, chosen=chosen, wire=wire),
        chosen=chosen,
        paused_why=(row.paused_why or "가지 못한 것이 많아서 멈췄어요.") if row and row.paused_at else "",
    )


def _counted(shop_id: int, kind: str, since: datetime) -> dict[str, int]:
    rows = db.session.execute(
        select(Message.variant, func.count(func.distinct(Message.customer_id)))
        .where(
            Message.shop_id == shop_id,
            Message.kind == kind,
            Message.variant.in_((A, B)),
            Message.created_at >= since,
            Message.state.in_(("sent", "delivered")),
        )
        .group_by(Message.variant)
    )
    return {row[0]: row[1] for row in rows}


def paused(shop_id: int) -> dict[str, str]:
    """Return the kinds that stand still, each with why."""
    rows = db.session.execute(
        select(Automation.kind, Automation.paused_why).where(
            Automation.shop_id == shop_id, Automation.paused_at.is_not(None)
        )
    )
    return {row.kind: row.paused_why or "가지 못한 것이 많아서 멈췄어요." for row in rows}
