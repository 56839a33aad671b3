"""생일과 기념일 축하: one greeting a day at ten in the morning, with the coupon of that day where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.customers import days
from app.flows.reminders import at_ten
from app.kit.clock import start_of_day
from app.messages import causes, gather, outbox

# A greeting and what a day is told by, the one that goes where both fall on a day first.
KINDS = ("birthday", "anniversary")


def people_on(*, shop_id: int, kind: str, day: date) -> list[int]:
    """Return whose birthday or anniversary a Korean day is, solar or lunar."""
    whose = days.birthdays_on if kind == "birthday" else days.anniversaries_on
    return whose(shop_id=shop_id, day=day)


def greet(
    session: Any, *, shop_id: int, customer_ids: Sequence[int], kind: str, day: date, now: datetime
) -> list[int]:
    """Plan the greeting of a day for these people; returns who gets one, once a year each.

    Of a day that has passed the outbox keeps the line with its reason: nobody is congratulated late.
    """
    greeted = []
    for customer_id in customer_ids:
        cause = f"{kind}:{customer_id}:{day.year}"
        known = gather.look_up(session, shop_id=shop_id, customer_id=customer_id, now=now)
        facts = causes.became(session, shop_id=shop_id, cause=cause)
        if facts["taken_back"]:
            continue
        row_id = outbox.plan(
            session,
            shop_id=shop_id,
            customer_id=customer_id,
            kind=kind,
            cause=cause,
            due_at=at_ten(day),
            not_after=start_of_day(day + timedelta(days=1)),
            facts={**facts, "code": known.shop.code},
            now=now,
            known=known,
        )
        if row_id is not None:
            greeted.append(customer_id)
    return greeted
