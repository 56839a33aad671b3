"""The by-hand queue keeps to what stands still: a paused campaign or automation is not sent by thumb either.

Nor is it counted among what goes today. A text that was staged before the pause lies in the queue already and passes no sender's last look any more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, literal, or_, select

from app.messages import stopped
from app.messages.campaign_models import Campaign
from app.messages.models import Automation, Message


def moves(shop_id: int, *, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Of a shop's messages: neither their campaign nor their automation stands still.

    In the query, for a paused campaign of thousands would else fill the few rows that are looked at.
    """
    paused = select(Automation.kind).where(Automation.shop_id == shop_id, Automation.paused_at.is_not(None))
    standing = select(literal("campaign:") + cast(Campaign.id, String)).where(
        Campaign.shop_id == shop_id,
        or_(
            Campaign.state.in_(("paused", "cancelled")),
            and_(Campaign.state == "waiting", Campaign.send_at > now),
        ),
    )
    return Message.kind.not_in(paused), Message.cause.not_in(standing)


def why(session: Any, row: Message, *, now: datetime) -> str:
    """Return why a message stands still, as a sentence, or ""."""
    automation = session.scalar(
        select(Automation).where(Automation.shop_id == row.shop_id, Automation.kind == row.kind)
    )
    stops = stopped.look_up(session, shop_id=row.shop_id, causes={row.cause}, now=now)
    verdict = stops.verdict(automation=automation, cause=row.cause, not_after=row.not_after, now=now)
    return str(getattr(verdict, "reason", ""))
