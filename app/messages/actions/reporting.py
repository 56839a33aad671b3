"""Delivery reports: kept once as they came, and applied forward only. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update

from app.customers import reaching
from app.customers.models import Customer
from app.kit.upsert import insert_into
from app.messages import registry
from app.messages.actions import budget, fallback, pausing
from app.messages.actions.holding import lock_person
from app.messages.actions.pausing import Stop
from app.messages.contract import Report
from app.messages.models import Message
from app.messages.way_models import DeliveryReport

# What a report says is final: it is moved out of these states, never back into one of them.
_OPEN = ("sent", "unknown")
_NOT_YET = ("ready", "claimed", "sending")
# One that was asked about too early and waits for another try did go out: it is not sent again.
_TRIED = Message.state.in_(("ready", "claimed")) & (Message.tries > 0)
# A report that came before our own note of its message waits for it so long at most.
_WAITS = timedelta(days=3)
_LONGEST_RAW = 8_000
_ABOUT = select(
    Message.id, Message.customer_id, Message.kind, Message.cause, Message.channel, Message.address_key
).where(Message.shop_id == bindparam("shop"), Message.provider_key == bindparam("key"))
_OF_WHO_LEFT = (
    select(Message.provider_key)
    .join(Customer, (Customer.shop_id == Message.shop_id) & (Customer.id == Message.customer_id))
    .where(
        Message.shop_id == bindparam("shop"),
        Message.provider_key.in_(bindparam("keys", expanding=True)),
        Customer.erased_at.is_not(None),
    )
)
_STATE = select(Message.state).where(
    Message.shop_id == bindparam("shop"), Message.provider_key == bindparam("key")
)


@dataclass(frozen=True, slots=True)
class Told:
    """One report that is kept."""

    id: int
    shop_id: int
    key: str
    delivered: bool
    dead_address: bool


def keep(
    session: Any, *, shop_id: int, provider: str, reports: Sequence[Report], now: datetime
) -> list[Told]:
    """Write down the reports that were not told before; returns those.

    Of who left meanwhile no word is kept: a report repeats the number it went to.
    In the order of their events: of two that bring the same ones at once, neither waits for the other in a circle.
    """
    kept = []
    left = set(session.scalars(_OF_WHO_LEFT, {"shop": shop_id, "keys": [one.key for one in reports]}))
    for report in sorted(reports, key=lambda one: one.event_id):
        has_left = report.key in left
        row_id = session.scalar(
            insert_into(session, DeliveryReport)
            .values(
                shop_id=shop_id,
                provider=provider,
                event_id=report.event_id[:80],
                key=report.key[:32],
                delivered=report.delivered,
                dead_address=report.dead_address,
                detail="" if has_left else report.detail[:160],
                raw="" if has_left else report.raw[:_LONGEST_RAW],
                received_at=now,
            )
            .on_conflict_do_nothing(index_elements=["shop_id", "provider", "event_id"])
            .returning(DeliveryReport.id)
        )
        if row_id is not None:
            kept.append(Told(row_id, shop_id, report.key[:32], report.delivered, report.dead_address))
    return kept


def waiting(session: Any, *, now: datetime, limit: int) -> list[Told]:
    """Return reports that could not be applied when they came and can be now, the oldest first.

    One whose message is not there goes on waiting: after a restore it may be planned anew, under the same key.
    """
    rows = session.execute(
        select(
            DeliveryReport.id,
            DeliveryReport.shop_id,
            DeliveryReport.key,
            DeliveryReport.delivered,
            DeliveryReport.dead_address,
        )
        .join(
            Message,
            (Message.shop_id == DeliveryReport.shop_id) & (Message.provider_key == DeliveryReport.key),
        )
        .where(
            DeliveryReport.applied_at.is_(None),
            DeliveryReport.received_at > now - _WAITS,
            or_(Message.state.not_in(_NOT_YET), _TRIED),
        )
        .order_by(DeliveryReport.received_at)
        .limit(limit)
    )
    return [Told(*row) for row in rows]


def apply(session: Any, told: Sequence[Told], *, now: datetime) -> tuple[int, list[Stop]]:
    """Move the messages of these reports on; returns how many moved, and what has to stop (pausing.stop).

    One whose message is on the wire at this moment stays for the next look: our own note comes first. Rows are taken
    in the order that recording.py names.
    """
    about = {
        one.id: session.execute(_ABOUT, {"shop": one.shop_id, "key": one.key}).one_or_none() for one in told
    }
    for one in sorted(told, key=lambda one: (one.shop_id, about[one.id].customer_id if about[one.id] else 0)):
        row = about[one.id]
        if row is None or one.delivered:
            continue
        if _is_template(row.channel):  # a text instead may be written to them
            lock_person(session, shop_id=one.shop_id, customer_id=row.customer_id)
        if one.dead_address and row.address_key:
            reaching.note_dead_key(
                session, shop_id=one.shop_id, customer_id=row.customer_id, phone_key=row.address_key
            )
    moved: dict[int, list[int]] = {}
    missed: list[tuple[int, str, str]] = []
    done: list[Told] = []
    for one in sorted(told, key=lambda one: (about[one.id].id if about[one.id] else 0, one.id)):
        row = about[one.id]
        is_moved = row is not None and _move(session, one, now)
        if is_moved:
            moved.setdefault(one.shop_id, []).append(row.id)
        if is_moved and not one.delivered:
            missed.append((one.shop_id, row.kind, row.cause))
            if _is_template(row.channel):
                fallback.as_text(session, shop_id=one.shop_id, message_id=row.id, now=now)
        if is_moved or _is_settled(session, one):
            done.append(one)
    for shop_id, ids in sorted(moved.items()):
        budget.note_paid(session, shop_id=shop_id, ids=ids, now=now)
    stops = pausing.count_undelivered(session, missed)
    for one in sorted(done, key=lambda one: one.id):
        session.execute(
            update(DeliveryReport)
            .where(DeliveryReport.shop_id == one.shop_id, DeliveryReport.id == one.id)
            .values(applied_at=now)
            .execution_options(synchronize_session=False)
        )
    return sum(len(ids) for ids in moved.values()), stops


def _is_template(channel: str) -> bool:
    return registry.channel(channel).CAPABILITIES.is_template


def _move(session: Any, one: Told, now: datetime) -> bool:
    values: dict[str, Any] = {"state": "delivered", "code": "", "reason": ""}
    if not one.delivered:
        why = "손님 휴대폰에 도착하지 못했어요."
        if one.dead_address:
            why = "없는 번호라고 해요. 이 번호로는 더 보내지 않아요."
        code = "dead_phone" if one.dead_address else "undelivered"
        values = {"state": "undelivered", "code": code, "reason": why}
    done = session.execute(
        update(Message)
        .where(
            Message.shop_id == one.shop_id,
            Message.provider_key == one.key,
            or_(Message.state.in_(_OPEN), _TRIED),
        )
        .values(
            **values,
            sent_at=func.coalesce(Message.sent_at, now),
            fence=Message.fence + 1,
            lease_ms=None,
        )
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)


def _is_settled(session: Any, one: Told) -> bool:
    """Tell whether nothing can come of a report any more: its message is where it ends."""
    state = session.scalar(_STATE, {"shop": one.shop_id, "key": one.key})
    return state is not None and state not in _NOT_YET


def drop_reports(session: Any, *, before: datetime) -> None:
    """Delete reports that came before a moment; what became of their messages stays with these."""
    session.execute(delete(DeliveryReport).where(DeliveryReport.received_at < before))
