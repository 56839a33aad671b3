"""Whose clock ticks, and what comes round again. Both are rows, so two workers are harmless."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from app.flows.unit import write
from app.kit.upsert import insert_into
from app.messages import gather
from app.messages.models import ClockLease, PeriodicTask

NAME = "clock"


def hold(*, holder: str, lease_s: float) -> bool:
    """Take or renew the clock's lease for `lease_s` seconds; False while another process has it.

    Measured on the database's clock. Leaves the sign of life that /readyz reads.
    """
    with write() as session:
        session.execute(
            insert_into(session, ClockLease)
            .values(name=NAME, holder="", until_ms=0, seen_ms=0)
            .on_conflict_do_nothing()
        )
        now_ms = gather.database_ms(session)
        taken = session.scalars(
            update(ClockLease)
            .where(ClockLease.name == NAME, or_(ClockLease.holder == holder, ClockLease.until_ms < now_ms))
            .values(holder=holder, until_ms=now_ms + int(lease_s * 1000), seen_ms=now_ms)
            .returning(ClockLease.name)
        )
        return taken.one_or_none() is not None


def let_go(*, holder: str) -> None:
    """Give the lease back, so that the next process need not wait for its end."""
    with write() as session:
        session.execute(
            update(ClockLease).where(ClockLease.name == NAME, ClockLease.holder == holder).values(until_ms=0)
        )


def take_turn(*, task: str, every: timedelta, first: datetime, now: datetime) -> bool:
    """Take a periodic task's turn if it is due: True for exactly one caller a turn.

    `first` is when a task nobody has heard of runs for the first time. Turns missed while everything
    was off are one turn: tasks work "since the last time", not "once for each".
    """
    with write() as session:
        row = session.scalars(
            select(PeriodicTask).where(PeriodicTask.name == task).with_for_update()
        ).one_or_none()
        if row is None:
            session.execute(
                insert_into(session, PeriodicTask)
                .values(name=task, next_run_at=first)
                .on_conflict_do_nothing()
            )
            return False
        if row.next_run_at > now + every:
            # Written by a clock that ran ahead and was put back: without this it would sleep as long.
            row.next_run_at = first
        if row.next_run_at > now:
            return False
        coming = row.next_run_at + every * max(1, -((row.next_run_at - now) // every))
        while coming <= now:
            coming += every
        taken = session.scalars(
            update(PeriodicTask)
            .where(PeriodicTask.name == task, PeriodicTask.next_run_at == row.next_run_at)
            .values(next_run_at=coming, last_run_at=now)
            .returning(PeriodicTask.name)
            .execution_options(synchronize_session=False)
        )
        return taken.one_or_none() is not None
