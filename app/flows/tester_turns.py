"""What people of a programme still have to be told, in small steps, each a transaction of its own.

Who is invited, who was chosen and who was not, what a 모니터단 is asked each month, its thanks at the end, and
"이렇게 바꿨어요". Every step marks its rows in the same transaction, and a message's cause lets one in: killed between
two, it goes on where it was; two workers at once tell nobody twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.flows.in_turns import in_turns
from app.flows.tester_asks import ask_this_month
from app.flows.tester_invites import call_off, invite
from app.flows.tester_results import tell_change, tell_results, thank
from app.flows.unit import after_a_race, end_reading
from app.testers.at_work import at_work
from app.testers.models import Programme

_WORK: tuple[Callable[[Programme, datetime], bool], ...] = (
    invite,
    call_off,
    tell_results,
    ask_this_month,
    thank,
    tell_change,
)


def see_to(*, now: datetime, stop: Callable[[], bool] = lambda: False) -> None:
    """Do what programmes of all shops wait for. One that fails is told of in the log and costs the others nothing."""

    def step(shop_id: int, programme_id: int) -> bool:
        go_on(shop_id=shop_id, programme_id=programme_id, now=now, stop=stop)
        return True

    in_turns(
        "testers",
        waiting=lambda _now: at_work(),
        step=step,
        rest=lambda _shop_id, _programme_id, _now: None,
        clock=lambda: now,
        stop=stop,
    )


def go_on(
    *, shop_id: int, programme_id: int, now: datetime, stop: Callable[[], bool] = lambda: False
) -> None:
    """Do what one programme waits for, to the end or until asked to stop.

    One kind of work that fails keeps the others from nothing; the first fault is raised when all of them had their turn.
    """
    first: Exception | None = None
    for work in _WORK:
        try:
            while not stop():
                end_reading()
                row = db.session.scalar(
                    select(Programme).where(Programme.shop_id == shop_id, Programme.id == programme_id)
                )
                if row is None or not after_a_race(lambda work=work, row=row: work(row, now)):  # type: ignore[misc]
                    break
        except Exception as fault:
            first = first or fault
    if first is not None:
        raise first
