"""What visits add up to, counted from the visits themselves: after an import.

Day by day it says what insights.actions.count has come to one event after another; a test holds the two together.
Flush, never commit.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import bindparam, update

from app.insights.drift import NOTHING, SUMS, from_visits
from app.insights.models import DayCount
from app.kit.upsert import insert_into, table_of


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
        .values({name: bindparam(f"new_{name}") for name in SUMS})
    )
    names = [f"new_{name}" for name in SUMS]
    session.execute(
        put,
        [{"of_day": day, **dict(zip(names, found.get(day, NOTHING), strict=True))} for day in ordered],
    )
