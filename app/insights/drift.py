"""Where a shop's sums are not what its visits say: counted from the visits themselves, for the doctor and after an import."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from app.extensions import db
from app.insights import months
from app.insights.korean_days import day_number, day_of
from app.insights.models import DayCount
from app.kit.clock import start_of_day
from app.visits.models import Visit

# What of a day's sums follows from its visits alone.
SUMS = ("visits", "returning_visits", "new_customers", "sales", "priced")
NOTHING = (0, 0, 0, 0, 0)
_TOLD = 20

Sums = tuple[int, ...]  # in the order of SUMS


def from_visits(
    session: Any, *, shop_id: int, first: date | None = None, last: date | None = None
) -> dict[date, Sums]:
    """Return the sums of each day, counted from its standing visits, as insights.actions.count would have them."""
    inside = []
    if first is not None:
        inside.append(Visit.at >= start_of_day(first))
    if last is not None:
        inside.append(Visit.at < start_of_day(last + timedelta(days=1)))
    day = day_number(session).label("day")
    came_first = func.count().filter(Visit.is_first)
    rows = session.execute(
        select(
            day,
            func.count(),
            func.count() - came_first,
            came_first,
            func.coalesce(func.sum(Visit.amount), 0),
            func.count(Visit.amount),
        )
        .where(Visit.shop_id == shop_id, Visit.reversed_at.is_(None), *inside)
        .group_by(day)
    )
    return {day_of(number): tuple(map(int, sums)) for number, *sums in rows}


def drifts(*, shop_id: int) -> list[str]:
    """Return where a shop's sums are not what its visits say, each in a line; [] when all of them are.

    Months that are due are left out: they have changed, and nobody has worked them out yet.
    """
    session = db.session
    counted = from_visits(session, shop_id=shop_id)
    rows = session.execute(
        select(DayCount.day, *(getattr(DayCount, name) for name in SUMS)).where(DayCount.shop_id == shop_id)
    )
    known = {day: tuple(map(int, sums)) for day, *sums in rows}
    said = [
        f"day {day}: {name} is {known.get(day, NOTHING)[place]}, its visits say {counted.get(day, NOTHING)[place]}"
        for day in sorted(counted.keys() | known.keys())
        for place, name in enumerate(SUMS)
        if known.get(day, NOTHING)[place] != counted.get(day, NOTHING)[place]
    ]
    waiting = {month for month, _changes in months.due(session, shop_id=shop_id)}
    for month in sorted({day.replace(day=1) for day in known} - waiting):
        found = months.work_out(session, shop_id=shop_id, month=month)
        written = months.stored(session, shop_id=shop_id, month=month)
        if found != written and month not in dict(months.due(session, shop_id=shop_id)):
            said.append(f"month {month:%Y-%m}: what is written down is not what its visits say")
    return said[:_TOLD]
