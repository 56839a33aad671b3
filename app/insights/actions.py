"""Daily sums, moved by the flow that causes them. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.insights.models import DayCount
from app.kit.clock import kst_day
from app.kit.upsert import built_once

_NONE = dict.fromkeys(
    ("stamps", "visits", "returning_visits", "new_customers", "rewards_used", "coupons_used"), 0
)
_ADD = built_once(
    DayCount.__table__,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["shop_id", "day"],
        set_={name: DayCount.__table__.c[name] + insert.excluded[name] for name in _NONE},
    ),
)


def count(session: Any, *, shop_id: int, at: datetime, **steps: int) -> None:
    """Add to the sums of the Korean day of `at`: stamps=1, visits=1, returning_visits=−1 …

    One statement: the day's row is inserted with its first event and added to in place by the others, so
    that two tills never read the same number. Raises ValueError for a sum that isn't kept.
    """
    if not any(steps.values()):
        return
    if not steps.keys() <= _NONE.keys():
        raise ValueError(f"no such sum: {', '.join(steps.keys() - _NONE.keys())}")
    session.execute(_ADD(session), {"shop_id": shop_id, "day": kst_day(at), **_NONE, **steps})
