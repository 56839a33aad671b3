"""What whole months say, worked out when one of their days has changed; every few minutes, and the present ones every night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from app.extensions import db
from app.flows.unit import end_reading, write
from app.insights import month_rows, months
from app.kit.clock import kst_day, months_back

Stop = Callable[[], bool]


def _never() -> bool:
    return False


def see_to(*, shop_id: int, now: datetime, stop: Stop = _never) -> int:
    """Work out the months of a shop that have changed, the newest first; returns how many.

    Stops between two months when asked to; what was not reached is due still.
    """
    end_reading()
    done = 0
    for month, _changes in months.due(db.session, shop_id=shop_id):
        if stop():
            break
        _count(shop_id, month, now)
        done += 1
    return done


def see_to_present(*, shop_id: int, now: datetime) -> None:
    """Work out this month and the last one, changed or not: coupons, tiers and how people found the shop change too."""
    this = kst_day(now).replace(day=1)
    for month in (this, months_back(this, 1)):
        _count(shop_id, month, now)


def _count(shop_id: int, month: date, now: datetime) -> None:
    """Read outside of any writing transaction: no stamp waits for it. A visit that comes meanwhile makes it due again."""
    end_reading()
    changes = months.changes_of(db.session, shop_id=shop_id, month=month)
    found = months.work_out(db.session, shop_id=shop_id, month=month)
    with write() as session:
        month_rows.put(
            session,
            shop_id=shop_id,
            month=month,
            found=found,
            changes=changes,
            is_present=month == kst_day(now).replace(day=1),
            now=now,
        )
