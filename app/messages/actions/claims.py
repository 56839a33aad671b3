"""Whose turn it is: claiming due rows, giving them back, taking them from senders that are gone.

Every later write carries the fencing token of the claim. Flush, never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, or_, select, update

from app.customers.models import Customer
from app.kit.columns import UtcDateTime
from app.messages import accounts, gather, registry, restores, retries, turns
from app.messages.contract import Asked, Capabilities, Letter
from app.messages.models import Attempt, Message
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

# The next rows of one queue. Another worker that claims at this moment is passed by (SKIP LOCKED).
_NEXT = (
    select(Message.due_at, Message.id)
    .where(
        turns.waits(Message),
        Message.shop_id == bindparam("shop"),
        Message.channel == bindparam("channel"),
        Message.due_at <= bindparam("now", type_=UtcDateTime()),
        turns.tried_long_enough_ago(Message),
    )
    .order_by(Message.due_at, Message.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(Message)
    .where(Message.id.in_(bindparam("ids", expanding=True)), Message.state == "ready")
    .values(state="claimed", fence=Message.fence + 1, lease_ms=bindparam("until", type_=BigInteger))
    .returning(Message.id, Message.shop_id, Message.channel, Message.fence)
    .execution_options(synchronize_session=False)
)
_FIRST_BEGAN = select(func.min(Attempt.started_at)).where(
    Attempt.shop_id == bindparam("shop"), Attempt.message_id == bindparam("message")
)
_OF_UNCLEAR = (
    Message.id,
    Message.shop_id,
    Message.channel,
    Message.fence,
    Message.provider_key,
    Message.customer_id,
    Message.cause,
    Message.address_key,
    Message.created_at,
)
_ADDRESSES = {"phone": (Customer.phone, Customer.phone_key), "email": (Customer.email, Customer.email_key)}
# As many of a shop's channels as are looked at in one claim.
_QUEUES_OF_A_SHOP = 4

# A clock that was off for days finds many stale ones: so many go in one transaction.
_AT_ONCE = 500

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
    kind: str
    cause: str


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
    queues = turns.lines(session, now=now, now_ms=now_ms, limit=limit * _QUEUES_OF_A_SHOP)
    shops = len({queue.shop_id for queue in queues})
    if not shops:
        return []
    moment = {"now": now, "now_ms": now_ms}
    # A fair share of each queue; then, when others had less, the rest from those that have more.
    chosen: list[int] = []
    for share in dict.fromkeys((-(-limit // shops), limit)):
        chosen = _first_of(session, queues, moment, share)[:limit]
        if len(chosen) == limit:
            break
    rows = session.execute(_TAKE, {"ids": chosen, "until": now_ms + retries.CLAIM_LEASE_S * 1000}).all()
    order = {row_id: place for place, row_id in enumerate(chosen)}
    return sorted((Hold(*row) for row in rows), key=lambda hold: order[hold.id])


def _first_of(session: Any, queues: Sequence[turns.Line], moment: dict[str, Any], share: int) -> list[int]:
    """Return rows of these queues, everybody's first before anybody's second; at most `share` of each."""
    by_shop: dict[int, list[tuple[datetime, int]]] = {}
    for queue in queues:
        which = {"shop": queue.shop_id, "channel": queue.channel, "most": share, **moment}
        by_shop.setdefault(queue.shop_id, []).extend(map(tuple, session.execute(_NEXT, which)))
    turn = (
        (place, due_at, row_id)
        for rows in by_shop.values()
        for place, (due_at, row_id) in enumerate(sorted(rows))
    )
    return [row_id for _, _, row_id in sorted(turn)]


def give_back(session: Any, holds: Sequence[Hold], *, wait_s: int = 0) -> None:
    """Return claimed rows nobody began to send (the worker stops, or their account must rest).

    `wait_s`: so long nobody takes them again, so that what can't be begun is not claimed over and over.
    """
    until = gather.database_ms(session) + wait_s * 1000 if wait_s else None
    for hold in sorted(holds, key=lambda hold: hold.id):
        change(session, hold, "claimed", state="ready", lease_ms=until, fence=Message.fence + 1)


def sweep(session: Any, *, now: datetime) -> dict[str, int]:
    """Take rows back from senders that are gone, and let stale ones go. Returns counts by what happened.

    An expired `claimed` was never begun and is ready again; an expired `sending` may have gone out and
    becomes unknown, never ready.
    """
    now_ms = gather.database_ms(session)

    def gone(state: str) -> Any:
        # Passing by what its late sender writes down at this very moment: neither waits for the other.
        theirs = select(Message.id).where(turns.still_open(Message, state), Message.lease_ms < now_ms)
        return (
            update(Message)
            .where(Message.id.in_(theirs.with_for_update(skip_locked=True)), Message.state == state)
            .execution_options(synchronize_session=False)
        )

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
    old = (
        select(Message.id).where(turns.still_open(Message, "ready"), Message.not_after < now).limit(_AT_ONCE)
    )
    stale = session.execute(
        update(Message)
        .where(Message.id.in_(old.with_for_update(skip_locked=True)), Message.state == "ready")
        .values(
            state="expired",
            code="too_late",
            reason="보낼 때가 지나서 보내지 않았어요.",
            lease_ms=None,
            **moved,
        )
        .returning(Message.shop_id, Message.id)
    ).all()
    by_shop: dict[int, list[int]] = {}
    for shop_id, message_id in stale:
        by_shop.setdefault(shop_id, []).append(message_id)
    for shop_id, ids in sorted(by_shop.items()):
        give_back_rights(session, shop_id, ids)
    return {"returned": returned.rowcount, "unclear": unclear.rowcount, "expired": len(stale)}


@dataclass(frozen=True, slots=True)
class Unclear:
    """A row in our hands whose provider is asked what became of it."""

    hold: Hold
    asked: Asked


def claim_unknown(session: Any, *, limit: int) -> list[Unclear]:
    """Take unclear rows whose provider can be asked, with our own key, the address and when it first began."""
    now_ms = gather.database_ms(session)
    askable = [key for key, channel in registry.channels().items() if channel.CAPABILITIES.can_find]
    ids = session.scalars(
        select(Message.id)
        .where(turns.still_open(Message, "unknown"), Message.lease_ms <= now_ms, Message.channel.in_(askable))
        .order_by(Message.lease_ms)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    rows = session.execute(
        update(Message)
        .where(Message.id.in_(ids), Message.state == "unknown")
        .values(fence=Message.fence + 1, lease_ms=now_ms + retries.SENDING_LEASE_S * 1000)
        .returning(*_OF_UNCLEAR)
        .execution_options(synchronize_session=False)
    ).all()
    return [_as_unclear(session, row) for row in sorted(rows, key=lambda row: (row.channel, row.shop_id))]


def claim_unreported(session: Any, *, shop_id: int, account: str, now: datetime, limit: int) -> list[Unclear]:
    """Take rows that an account has taken in hours ago and of which nobody told what became of them.

    Each is asked about again only hours later, whatever is answered.
    """
    now_ms = gather.database_ms(session)
    able = [key for key, way in registry.channels().items() if way.CAPABILITIES.account == account]
    ids = session.scalars(
        select(Message.id)
        .where(
            Message.shop_id == shop_id,
            Message.channel.in_(able),
            Message.state == "sent",
            Message.due_at > now - 2 * retries.REPORTS_WITHIN,  # as far as the index has to be read
            Message.sent_at.between(now - retries.REPORTS_WITHIN, now - retries.REPORT_IS_LATE),
            or_(Message.lease_ms.is_(None), Message.lease_ms <= now_ms),
        )
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    until = now_ms + int(retries.REPORT_IS_LATE.total_seconds() * 1000)
    rows = session.execute(
        update(Message)
        .where(Message.shop_id == shop_id, Message.id.in_(ids), Message.state == "sent")
        .values(lease_ms=until)
        .returning(*_OF_UNCLEAR)
        .execution_options(synchronize_session=False)
    ).all()
    return [_as_unclear(session, row) for row in sorted(rows, key=lambda row: (row.channel, row.id))]


def _as_unclear(session: Any, row: Any) -> Unclear:
    can, which = registry.channel(row.channel).CAPABILITIES, {"shop": row.shop_id, "message": row.id}
    began = session.scalar(_FIRST_BEGAN, which) or restores.lost_since(session) or row.created_at
    account = accounts.any_state(session, shop_id=row.shop_id, provider=can.account) if can.account else None
    asked = Asked(key=row.provider_key, to=_address(session, row, can), at=began, account=account)
    return Unclear(Hold(row.id, row.shop_id, row.channel, row.fence), asked)


def _address(session: Any, row: Any, can: Capabilities) -> str:
    """Return the address it was handed over with, if the person still has it; else ""."""
    if not row.address_key or can.address not in _ADDRESSES:
        return str(gather.fresh_facts(session, shop_id=row.shop_id, cause=row.cause, facts={}).get("to", ""))
    address, key = _ADDRESSES[can.address]
    found = session.scalar(
        select(address).where(
            Customer.shop_id == row.shop_id, Customer.id == row.customer_id, key == row.address_key
        )
    )
    return found or ""
