"""Counts days again from the visits themselves, exactly as the increments would have. Flush, never commit."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from app.insights.models import DayCount
from app.kit.clock import kst_day, start_of_day
from app.kit.upsert import insert_into, table_of
from app.visits.models import Visit

_DAYS = table_of(DayCount)
_OF_VISITS = ("visits", "returning_visits", "new_customers")


def visits_between(session: Any, *, shop_id: int, first: date, last: date) -> None:
    """Count the visits of each Korean day from `first` to `last` again, both included."""
    visits: Counter[date] = Counter()
    newcomers: Counter[date] = Counter()
    rows = session.execute(
        select(Visit.at, Visit.is_first).where(
            Visit.shop_id == shop_id,
            Visit.at >= start_of_day(first),
            Visit.at < start_of_day(last + timedelta(days=1)),
            Visit.reversed_at.is_(None),
        )
    )
    for at, is_first in rows:
        day = kst_day(at)
        visits[day] += 1
        newcomers[day] += is_first
    of_them = (_DAYS.c.shop_id == shop_id, _DAYS.c.day >= first, _DAYS.c.day <= last)
    session.execute(update(_DAYS).where(*of_them).values(dict.fromkeys(_OF_VISITS, 0)))
    if visits:
        put = insert_into(session, _DAYS)
        session.execute(
            put.on_conflict_do_update(
                index_elements=["shop_id", "day"], set_={name: put.excluded[name] for name in _OF_VISITS}
            ),
            [
                {
                    "shop_id": shop_id,
                    "day": day,
                    "visits": count,
                    "returning_visits": count - newcomers[day],
                    "new_customers": newcomers[day],
                }
                for day, count in sorted(visits.items())
            ],
        )
