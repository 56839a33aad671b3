"""Daily sums, moved by the flow that causes them. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update

from app.insights.models import DayCount
from app.kit.clock import kst_day
from app.kit.upsert import insert_into


def count(session: Any, *, shop_id: int, at: datetime, **steps: int) -> None:
    """Add to the sums of the Korean day of `at`: stamps=1, visits=1, returning_visits=−1 …

    One statement a day: insert the day's row if it is the first event, then add in place, so that two
    tills never read the same number.
    """
    moved = {name: step for name, step in steps.items() if step}
    if not moved:
        return
    day = kst_day(at)
    session.execute(
        insert_into(session, DayCount)
        .values(shop_id=shop_id, day=day)
        .on_conflict_do_nothing(index_elements=["shop_id", "day"])
    )
    session.execute(
        update(DayCount)
        .where(DayCount.shop_id == shop_id, DayCount.day == day)
        .values({name: getattr(DayCount, name) + step for name, step in moved.items()})
        .execution_options(synchronize_session=False)
    )
