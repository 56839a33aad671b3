"""Reads for the clock: what it has to see to, over all shops, and how it is itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from app.extensions import db
from app.messages import gather, registry, turns
from app.messages.models import ClockLease, Message, PeriodicTask


@dataclass(frozen=True)
class WaitingWork:
    """What the clock has to see to."""

    is_due: bool  # rows a worker should send
    to_sweep: bool  # leases that ran out, rows that grew stale
    to_look_up: bool  # unclear rows whose provider can be asked


def waiting_work(now: datetime) -> WaitingWork:
    """Look over all shops for work, in one cheap read of the open rows' index."""
    now_ms = gather.database_ms(db.session)
    askable = [key for key, channel in registry.channels().items() if channel.CAPABILITIES.can_find]
    gone = select(Message.id).where(
        turns.still_open(Message, "claimed", "sending"), Message.lease_ms < now_ms
    )
    stale = select(Message.id).where(turns.still_open(Message, "ready"), Message.not_after < now)
    unclear = select(Message.id).where(
        turns.still_open(Message, "unknown"), Message.lease_ms <= now_ms, Message.channel.in_(askable)
    )
    to_sweep, to_look_up = db.session.execute(
        select(or_(gone.exists(), stale.exists()), unclear.exists())
    ).one()
    is_due = bool(turns.lines(db.session, now=now, now_ms=now_ms, limit=1))
    return WaitingWork(is_due, to_sweep, to_look_up)


def periodic_due(tasks: Mapping[str, timedelta], now: datetime) -> set[str]:
    """Return which of these periodic tasks are due, or not known yet. `tasks`: how often each comes round.

    A turn further away than that was written by a clock that ran ahead: it is due to be put right.
    """
    rows = db.session.execute(
        select(PeriodicTask.name, PeriodicTask.next_run_at).where(PeriodicTask.name.in_(tasks))
    )
    later = {name for name, at in rows if now < at <= now + tasks[name]}
    return set(tasks) - later


def clock_age_s() -> float | None:
    """Return seconds since the clock last showed a sign of life; None when it never did.

    Measured on the database's clock at both ends, so a shifted application clock can't fool /readyz.
    """
    seen = db.session.scalar(select(ClockLease.seen_ms).where(ClockLease.name == "clock"))
    return None if not seen else max(0.0, (gather.database_ms(db.session) - seen) / 1000)
