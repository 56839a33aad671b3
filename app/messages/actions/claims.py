"""Whose turn it is: claiming due rows, giving them back, taking them from senders that are gone.

Every later write carries the fencing token of the claim. Flush, never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update

from app.messages import gather, registry, retries
from app.messages.contract import Letter
from app.messages.models import ChannelHealth, Message
from app.messages.recall import give_back_rights

# Several for each message: built once, but for what changes.
_IF_OURS = (
    update(Message)
    .where(
        Message.id == bindparam("message"),
        Message.shop_id == bindparam("shop"),
        Message.fence == bindparam("held"),
        Message.state == bindparam("was"),
    )
    .execution_options(synchronize_session=False)
)

UNCLEAR = "보냈는지 확인이 필요해요."


@dataclass(frozen=True, slots=True)
class Hold:
    """A row in our hands, as long as its fence stays what it was."""

    id: int
    shop_id: int
    channel: str
    fence: int


@dataclass(frozen=True, slots=True)
class Sending:
    """A row whose attempt is written: it may go to the provider."""

    hold: Hold
    letter: Letter


def change(session: Any, hold: Hold, was: str, /, **values: Any) -> bool:
    """Change the row if it is still ours and its state is still what it was."""
    done = session.execute(
        _IF_OURS.values(**values),
        {"message": hold.id, "shop": hold.shop_id, "held": hold.fence, "was": was},
    )
    return bool(done.rowcount)


def claim(session: Any, *, now: datetime, limit: int) -> list[Hold]:
    """Take up to `limit` due rows, fair over shops: everybody's first before anybody's second."""
    now_ms = gather.database_ms(session)
    resting = select(ChannelHealth.channel).where(ChannelHealth.rest_until_ms > now_ms)
    due = (
        Message.state == "ready",
        Message.due_at <= now,
        Message.staged_at.is_(None),
        or_(Message.lease_ms.is_(None), Message.lease_ms <= now_ms),  # waiting for its next try
        Message.channel.not_in(resting),
    )
    turn = func.row_number().over(partition_by=Message.shop_id, order_by=(Message.due_at, Message.id))
    queue = select(Message.id, Message.due_at, turn.label("turn")).where(*due).subquery()
    # More than we take: other workers may hold the first ones (SKIP LOCKED passes them by).
    first = session.scalars(
        select(queue.c.id).order_by(queue.c.turn, queue.c.due_at, queue.c.id).limit(limit * 4)
    ).all()
    if not first:
        return []
    taken = session.scalars(
        select(Message.id)
        .where(Message.id.in_(first), Message.state == "ready")
        .with_for_update(skip_locked=True)
    ).all()
    free = set(taken)
    ids = [row_id for row_id in first if row_id in free][:limit]
    rows = session.execute(
        update(Message)
        .where(Message.id.in_(ids), Message.state == "ready")
        .values(state="claimed", fence=Message.fence + 1, lease_ms=now_ms + retries.CLAIM_LEASE_S * 1000)
        .returning(Message.id, Message.shop_id, Message.channel, Message.fence)
        .execution_options(synchronize_session=False)
    ).all()
    order = {row_id: place for place, row_id in enumerate(ids)}
    return sorted((Hold(*row) for row in rows), key=lambda hold: order[hold.id])


def give_back(session: Any, holds: Sequence[Hold]) -> None:
    """Return claimed rows nobody began to send (the worker stops)."""
    for hold in holds:
        change(session, hold, "claimed", state="ready", lease_ms=None, fence=Message.fence + 1)


def sweep(session: Any, *, now: datetime) -> dict[str, int]:
    """Take rows back from senders that are gone, and let stale ones go. Returns counts by what happened.

    An expired `claimed` was never begun and is ready again; an expired `sending` may have gone out and
    becomes unknown, never ready.
    """
    now_ms = gather.database_ms(session)

    def gone(state: str) -> Any:
        return update(Message).where(Message.state == state, Message.lease_ms < now_ms)

    moved = {"fence": Message.fence + 1}
    returned = session.execute(gone("claimed").values(state="ready", lease_ms=None, **moved))
    unclear = session.execute(
        gone("sending").values(
            state="unknown",
            code="unknown",
            reason=UNCLEAR,
            lease_ms=now_ms + retries.SETTLE_S * 1000,
            **moved,
        )
    )
    stale = session.execute(
        update(Message)
        .where(Message.state == "ready", Message.not_after < now)
        .values(
            state="expired",
            code="too_late",
            reason="보낼 때가 지나서 보내지 않았어요.",
            lease_ms=None,
            **moved,
        )
        .returning(Message.shop_id, Message.id)
    ).all()
    for shop_id, message_id in stale:
        give_back_rights(session, shop_id, [message_id])
    return {"returned": returned.rowcount, "unclear": unclear.rowcount, "expired": len(stale)}


def claim_unknown(session: Any, *, limit: int) -> list[tuple[Hold, str]]:
    """Take unclear rows whose provider can be asked, with our own key."""
    now_ms = gather.database_ms(session)
    askable = [key for key, channel in registry.channels().items() if channel.CAPABILITIES.can_find]
    ids = session.scalars(
        select(Message.id)
        .where(Message.state == "unknown", Message.lease_ms <= now_ms, Message.channel.in_(askable))
        .order_by(Message.lease_ms)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    rows = session.execute(
        update(Message)
        .where(Message.id.in_(ids), Message.state == "unknown")
        .values(fence=Message.fence + 1, lease_ms=now_ms + retries.SENDING_LEASE_S * 1000)
        .returning(Message.id, Message.shop_id, Message.channel, Message.fence, Message.provider_key)
        .execution_options(synchronize_session=False)
    ).all()
    return [(Hold(row.id, row.shop_id, row.channel, row.fence), row.provider_key) for row in rows]
