"""What visits add up to, counted from the visits themselves: after an import, and to find a difference.

Day by day it says what insights.actions.count has come to one event after another; a test holds the two together.
Flush, never commit.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update

from app.insights import months
from app.insights.models import DayCount
from app.insights.stats import day_number
from app.kit.clock import start_of_day
from app.kit.upsert import insert_into, table_of
from app.visits.models import Visit

_SUMS = ("visits", "returning_visits", "new_customers", "sales", "priced")
_NOTHING = (0, 0, 0, 0, 0)
_EPOCH = date(1970, 1, 1)
_DRIFTS_TOLD = 20

Sums = tuple[int, ...]  # in the order of _SUMS


def days(session: Any, *, shop_id: int, days: Collection[date]) -> None:
    """Count given Korean days anew from their standing visits; their months follow by the clock.

    What doesn't come from a visit, stamps and what was used, stays as it is. Days in between cost reading, no writing.
    """
    if not days:
        return
    table = table_of(DayCount)
    write = insert_into(session, table)
    # Held before the visits are read: a stamp that is under way adds itself afterwards. In one order: whoever
    # writes the same days meanwhile waits, and not for each other.
    hold = write.on_conflict_do_update(
        index_elements=["shop_id", "day"], set_={"changes": table.c.changes + 1}
    )
    ordered = sorted(days)
    session.execute(hold, [{"shop_id": shop_id, "day": day, "changes": 1} for day in ordered])
    found = from_visits(session, shop_id=shop_id, first=ordered[0], last=ordered[-1])
    put = (
        update(table)
        .where(table.c.shop_id == shop_id, table.c.day == bindparam("of_day"))
        .values({name: bindparam(f"new_{name}") for name in _SUMS})
    )
    names = [f"new_{name}" for name in _SUMS]
    session.execute(
        put,
        [{"of_day": day, **dict(zip(names, found.get(day, _NOTHING), strict=True))} for day in ordered],
    )


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
    return {_EPOCH + timedelta(days=int(number)): tuple(map(int, sums)) for number, *sums in rows}


def drifts(session: Any, *, shop_id: int) -> list[str]:
    """Return where a shop's sums are not what its visits say, each in a line; [] when all of them are.

    Months that are due are left out: they have changed, and nobody has worked them out yet.
    """
    counted = from_visits(session, shop_id=shop_id)
    rows = session.execute(
        select(DayCount.day, *(getattr(DayCount, name) for name in _SUMS)).where(DayCount.shop_id == shop_id)
    )
    known = {day: tuple(map(int, sums)) for day, *sums in rows}
    said = [
        f"day {day}: {name} is {known.get(day, _NOTHING)[place]}, its visits say {counted.get(day, _NOTHING)[place]}"
        for day in sorted(counted.keys() | known.keys())
        for place, name in enumerate(_SUMS)
        if known.get(day, _NOTHING)[place] != counted.get(day, _NOTHING)[place]
    ]
    waiting = {month for month, _changes in months.due(session, shop_id=shop_id)}
    for month in sorted({day.replace(day=1) for day in known} - waiting):
        found = months.work_out(session, shop_id=shop_id, month=month)
        written = months.stored(session, shop_id=shop_id, month=month)
        if found != written and month not in dict(months.due(session, shop_id=shop_id)):
            said.append(f"month {month:%Y-%m}: what is written down is not what its visits say")
    return said[:_DRIFTS_TOLD]
