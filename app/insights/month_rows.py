"""Writes a month down in place of what stood there. Flush, never commit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from app.coupons.models import Coupon
from app.insights.month_models import (
    MonthCohort,
    MonthCount,
    MonthFound,
    MonthHour,
    MonthPair,
    MonthProduct,
)
from app.insights.months import Month
from app.kit.clock import next_month, start_of_day
from app.kit.upsert import insert_into, table_of
from app.tiers.models import TierStanding


def put(
    session: Any, *, shop_id: int, month: date, found: Month, changes: int, is_present: bool, now: datetime
) -> None:
    """Write a month down in place of what stood there. `changes`: of its days, read before `found` was worked out.

    `is_present`: the month is not over, so that the tiers' people are those of now.
    """
    of: dict[str, Any] = {"shop_id": shop_id, "month": month}
    facts: dict[str, Any] = {
        "changes": changes,
        "counted_at": now,
        "people": found.people,
        "baskets": found.baskets,
        "by_won": found.by_won,
        **dict(zip(("fifth_people", "fifth_visits", "fifth_won"), found.fifth, strict=True)),
        "coupons_issued": _coupons(session, shop_id, month),
    }
    tiers = _tiers(session, shop_id) if is_present else {}
    # First the one row that everybody writes: of two who write the same month at once one waits.
    session.execute(
        insert_into(session, table_of(MonthCount))
        .values(**of, **facts, tiers=tiers)
        .on_conflict_do_update(
            index_elements=["shop_id", "month"], set_={**facts, **({"tiers": tiers} if is_present else {})}
        )
    )
    rows: dict[Any, list[dict[str, Any]]] = {
        MonthHour: [{"weekday": day, "hour": hour, "visits": n} for (day, hour), n in found.hours.items()],
        MonthCohort: [
            {"first_month": first, "people": people, "often": often}
            for first, (people, often) in found.cohorts.items()
        ],
        MonthFound: [
            {"found_by": by, "source": source, "people": many} for (by, source), many in found.found.items()
        ],
        MonthProduct: [
            {"product_id": product, "pieces": pieces, "won": won, "visits": visits}
            for product, (pieces, won, visits) in found.products.items()
        ],
        MonthPair: [
            {"product_id": one, "other_id": other, "visits": visits}
            for (one, other), visits in found.pairs.items()
        ],
    }
    for model, lines in rows.items():
        session.execute(delete(model).where(model.shop_id == shop_id, model.month == month))
        if lines:
            session.execute(insert(table_of(model)), [{**of, **line} for line in lines])


def _coupons(session: Any, shop_id: int, month: date) -> int:
    inside = (Coupon.issued_at >= start_of_day(month), Coupon.issued_at < start_of_day(next_month(month)))
    return int(session.scalar(select(func.count(Coupon.id)).where(Coupon.shop_id == shop_id, *inside)) or 0)


def _tiers(session: Any, shop_id: int) -> dict[str, int]:
    rows = session.execute(
        select(TierStanding.tier_id, func.count())
        .where(TierStanding.shop_id == shop_id, TierStanding.tier_id.is_not(None))
        .group_by(TierStanding.tier_id)
    )
    return {str(tier): people for tier, people in rows}
