"""Daily sums, moved by the flow that causes them; closed days and limits of staff. Flush, never commit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from app.insights.closing import Limits
from app.insights.group_models import PersonPlace
from app.insights.models import DayClose, DayCount, PersonStat, StaffLimit
from app.kit.clock import kst_day
from app.kit.upsert import built_once, insert_into

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


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Delete what a person's visits added up to, and where they stood."""
    for table in (PersonStat, PersonPlace):
        session.execute(delete(table).where(table.shop_id == shop_id, table.customer_id == customer_id))


def limits(session: Any, *, shop_id: int) -> Limits:
    """Return from how many on the owner is told about one of the staff."""
    row = session.scalar(select(StaffLimit).where(StaffLimit.shop_id == shop_id))
    return Limits(row.stamps_an_hour, row.overrides_a_day, row.checks_a_day) if row else Limits()


def put_limits(session: Any, *, shop_id: int, limits: Limits, now: datetime) -> None:
    """Save the shop's own limits."""
    facts = {
        "stamps_an_hour": limits.stamps_an_hour,
        "overrides_a_day": limits.overrides_a_day,
        "checks_a_day": limits.checks_a_day,
        "changed_at": now,
    }
    session.execute(
        insert_into(session, StaffLimit)
        .values(shop_id=shop_id, **facts)
        .on_conflict_do_update(index_elements=["shop_id"], set_=facts)
    )


def last_close(session: Any, *, shop_id: int, day: date) -> DayClose | None:
    """Return what was counted last for a day."""
    found: DayClose | None = session.scalar(
        select(DayClose)
        .where(DayClose.shop_id == shop_id, DayClose.day == day)
        .order_by(DayClose.id.desc())
        .limit(1)
    )
    return found


def add_close(
    session: Any, *, shop_id: int, day: date, receipts: int | None, staff_id: int, now: datetime
) -> None:
    """Append what somebody counted; what was counted before stays to be seen."""
    session.add(DayClose(shop_id=shop_id, day=day, receipts=receipts, staff_id=staff_id, at=now))
    session.flush()
