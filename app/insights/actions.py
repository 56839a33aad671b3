"""Daily sums, moved by the flow that causes them; closed days and limits of staff. Flush, never commit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from app.insights.closing import Limits
from app.insights.group_models import PersonPlace
from app.insights.models import DayClose, DayCount, PersonStat, StaffLimit
from app.kit.clock import kst_day
from app.kit.upsert import built_once, insert_into
from app.visits.models import Visit

# In one statement with the day's sums: that the day has changed, which its month is worked out anew by.
_NONE = dict.fromkeys(
    ("stamps", "visits", "returning_visits", "new_customers", "rewards_used", "coupons_used", "sales", "priced"), 0
)  # fmt: skip
_CHANGED = {"changes": 1}
_ADD = built_once(
    DayCount.__table__,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["shop_id", "day"],
        set_={name: DayCount.__table__.c[name] + insert.excluded[name] for name in (*_NONE, *_CHANGED)},
    ),
)


def count(session: Any, *, shop_id: int, at: datetime, **steps: int) -> None:
    """Add to the sums of the Korean day of `at`: stamps=1, visits=1, sales=4500 (won), priced=1, returning_visits=−1 …

    `at` is the visit's own moment for what belongs to a visit, also when it is taken back later. One statement: the day's row is inserted with its first event and added to in place by the others, so
    that two tills never read the same number. Raises ValueError for a sum that isn't kept.
    """
    if not any(steps.values()):
        return
    if not steps.keys() <= _NONE.keys():
        raise ValueError(f"no such sum: {', '.join(steps.keys() - _NONE.keys())}")
    session.execute(_ADD(session), {"shop_id": shop_id, "day": kst_day(at), **_NONE, **_CHANGED, **steps})


def count_amount(session: Any, *, shop_id: int, at: datetime, before: int | None, after: int | None) -> None:
    """Add to the day of a visit (at `at`) what its amount in won has become, None where it carries none."""
    sales = (after or 0) - (before or 0)
    count(
        session, shop_id=shop_id, at=at, sales=sales, priced=int(after is not None) - int(before is not None)
    )


def touch(session: Any, *, shop_id: int, customer_ids: Collection[int]) -> None:
    """Note that what these people's visits say has changed, though no sum of a day has: who came first in which month.

    After people became one or two, or their first visit is another one; their months are worked out anew.
    """
    came = session.scalars(
        select(Visit.at).where(Visit.shop_id == shop_id, Visit.customer_id.in_(customer_ids))
    )
    days = {day.replace(day=1): day for day in map(kst_day, came)}
    for day in sorted(
        days.values()
    ):  # in one order: two that touch the same days wait, and not for each other
        session.execute(_ADD(session), {"shop_id": shop_id, "day": day, **_NONE, **_CHANGED})


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Delete what a person's visits added up to, and where they stood.

    The visits stay without a name, and nobody found the shop any more.
    """
    touch(session, shop_id=shop_id, customer_ids=(customer_id,))
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
