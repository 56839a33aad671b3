"""What who takes part is asked, and reminded of once: after the days of trying, or of a 모니터단 month by month."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.flows.programme import answers_until
from app.flows.tester_each import TOLD_AFTER, each, page_of
from app.kit.clock import kst_day
from app.messages import outbox
from app.testers import actions, rules
from app.testers.models import Programme, Tester

# So long after the first question one is asked once more.
AGAIN_AFTER = timedelta(days=3)


def ask(
    session: Any,
    *,
    row: Programme,
    tester: Tester,
    customer_id: int,
    due: datetime,
    now: datetime,
    month: str = "",
) -> None:
    """Plan the question and the one reminder, each only while answers are taken. `month`: "2026-12" of a 모니터단.

    Inside a flow; the same cause never asks twice.
    """
    until = answers_until(row)
    about = f"{int(month[5:])}월의 우리 가게" if month else f"써 보신 {row.product}"
    facts = {"about": about, "path": f"{page_of(session, row)}/answers"}
    asked = f"tester:{tester.id}:{month or 'survey'}"
    again = f"tester:{tester.id}:{month or 'survey'}:2"
    for cause, moment in ((asked, due), (again, due + AGAIN_AFTER)):
        if until is None or moment < until:
            outbox.plan(
                session,
                shop_id=row.shop_id,
                customer_id=customer_id,
                kind="survey",
                cause=cause,
                due_at=moment,
                not_after=until,
                facts=facts,
                now=now,
            )


def ask_this_month(row: Programme, now: datetime) -> bool:
    """Ask some of a 모니터단 this month's questions, each once a month and not before they were told."""
    today = kst_day(now)
    until = answers_until(row)
    if (
        row.sort != rules.MONITOR
        or row.ended_at is not None
        or row.term_starts is None
        or today < row.term_starts
        or (until is not None and now >= until)
    ):
        return False
    month = today.replace(day=1)
    waits = [
        Tester.chosen_at.is_not(None),
        Tester.declined_at.is_(None),
        Tester.told_at.is_not(None),
        Tester.told_at <= now - TOLD_AFTER,
        Tester.asked_month.is_(None) | (Tester.asked_month < month),
    ]

    def tell(session: Any, held: Programme, mine: Tester, customer_id: int) -> None:
        if not actions.missing(
            session, tester=mine, turn=month
        ):  # who was quicker than the clock is not asked again
            mine.asked_month = month
            return
        mine.done_at = None
        ask(
            session,
            row=held,
            tester=mine,
            customer_id=customer_id,
            due=now,
            now=now,
            month=f"{month:%Y-%m}",
        )
        mine.asked_month = month

    return each(row, waits, tell)
