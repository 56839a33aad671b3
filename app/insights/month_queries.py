"""이번 달: what a month's page needs, from the sums of days and months alone: a few rows, however long the history."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from app.customers.models import Customer
from app.extensions import db
from app.insights import months, moves
from app.insights.models import DayCount
from app.insights.month_facts import DaySums, Facts, Moved, Pair, Sold
from app.insights.month_models import MonthCohort, MonthCount, MonthFound, MonthHour, MonthPair, MonthProduct
from app.kit.clock import months_back, next_month, start_of_day
from app.tiers.models import Tier
from app.visits.models import Product

# Cohorts shown beside each other; months whose baskets are looked at together: one alone tells too little.
COHORTS, BASKETS = 6, 3
_PRODUCTS_MOST = 200


@dataclass(frozen=True)
class Person:
    """One of those who came most in a month."""

    customer_id: int
    name: str
    visits: int
    won: int


@dataclass(frozen=True)
class First:
    """The fifth of a month's people who came most (or spent most): how many they are, and some of them, in order."""

    many: int
    by_won: bool
    people: list[Person] = field(default_factory=list)


def first_month(shop_id: int) -> date | None:
    """Return the month in which anything happened first."""
    day = db.session.scalar(select(func.min(DayCount.day)).where(DayCount.shop_id == shop_id))
    return day.replace(day=1) if day else None


def facts(shop_id: int, *, month: date, today: date, has_tiers: bool) -> Facts:
    """Return what is known of a month (its first day); `today` says whether it is over."""
    before = months_back(month, 1)
    rows = {
        row.month: row
        for row in db.session.scalars(
            select(MonthCount).where(
                MonthCount.shop_id == shop_id,
                MonthCount.month > months_back(month, BASKETS),
                MonthCount.month <= month,
            )
        )
    }
    counted = rows.get(month)
    is_present = month == today.replace(day=1)
    sold = _sold(shop_id, month)
    return Facts(
        month=month,
        is_present=is_present,
        today=today,
        days=_days(shop_id, before, next_month(month)),
        counted_at=counted.counted_at if counted else None,
        people=counted.people if counted else 0,
        by_won=bool(counted and counted.by_won),
        fifth=(counted.fifth_people, counted.fifth_visits, counted.fifth_won) if counted else (0, 0, 0),
        # A month that has just begun says little about when a shop is busy.
        hours=_hours(shop_id, before if is_present else month, month),
        cohorts=_cohorts(shop_id, month),
        found=_found(shop_id, month),
        products=sold.get(month, []),
        pairs=_pairs(shop_id, month, sold),
        baskets=sum(row.baskets for row in rows.values()),
        coupons_issued=counted.coupons_issued if counted else 0,
        tiers=_tiers(shop_id, counted.tiers if counted else {}) if has_tiers else [],
        moves=_moves(shop_id, today) if is_present else None,
    )


def first_fifth(shop_id: int, *, month: date, limit: int = 100) -> First:
    """Return who the fifth of a month's people are that came most, the first of them by name."""
    counted = db.session.execute(
        select(MonthCount.fifth_people, MonthCount.by_won).where(
            MonthCount.shop_id == shop_id, MonthCount.month == month
        )
    ).one_or_none()
    if counted is None:
        return First(0, by_won=False)
    came = months.people_of(shop_id, month).cte("came")
    rows = db.session.execute(
        select(Customer.id, Customer.name, came.c.visits, came.c.won)
        .select_from(came)
        .join(Customer, (Customer.shop_id == shop_id) & (Customer.id == came.c.customer_id))
        .where(Customer.erased_at.is_(None))
        .order_by(*months.in_order(came, by_won=counted.by_won))
        .limit(min(counted.fifth_people, limit))
    )
    return First(counted.fifth_people, counted.by_won, [Person(*row) for row in rows])


def _days(shop_id: int, first: date, until: date) -> list[DaySums]:
    rows = db.session.execute(
        select(
            DayCount.day,
            DayCount.visits,
            DayCount.returning_visits,
            DayCount.new_customers,
            DayCount.sales,
            DayCount.priced,
            DayCount.rewards_used,
            DayCount.coupons_used,
        )
        .where(DayCount.shop_id == shop_id, DayCount.day >= first, DayCount.day < until)
        .order_by(DayCount.day)
    )
    return [DaySums(*row) for row in rows]


def _hours(shop_id: int, first: date, last: date) -> dict[tuple[int, int], int]:
    rows = db.session.execute(
        select(MonthHour.weekday, MonthHour.hour, func.sum(MonthHour.visits))
        .where(MonthHour.shop_id == shop_id, MonthHour.month >= first, MonthHour.month <= last)
        .group_by(MonthHour.weekday, MonthHour.hour)
    )
    return {(day, hour): int(visits) for day, hour, visits in rows}


def _cohorts(shop_id: int, month: date) -> dict[tuple[date, date], tuple[int, int]]:
    """Return (first month, month) → (people, often) of the last cohorts; and of this month all older ones."""
    since = months_back(month, COHORTS - 1)
    rows = db.session.execute(
        select(MonthCohort.first_month, MonthCohort.month, MonthCohort.people, MonthCohort.often).where(
            MonthCohort.shop_id == shop_id,
            MonthCohort.month <= month,
            MonthCohort.month >= since,
            (MonthCohort.first_month >= since) | (MonthCohort.month == month),
        )
    )
    return {(first, then): (people, often) for first, then, people, often in rows}


def _found(shop_id: int, month: date) -> dict[str, int]:
    rows = db.session.execute(
        select(MonthFound.found_by, func.sum(MonthFound.people))
        .where(MonthFound.shop_id == shop_id, MonthFound.month == month)
        .group_by(MonthFound.found_by)
    )
    return {by: int(people) for by, people in rows}


def _sold(shop_id: int, month: date) -> dict[date, list[Sold]]:
    rows = db.session.execute(
        select(MonthProduct, Product.name)
        .join(Product, (Product.shop_id == MonthProduct.shop_id) & (Product.id == MonthProduct.product_id))
        .where(
            MonthProduct.shop_id == shop_id,
            MonthProduct.month > months_back(month, BASKETS),
            MonthProduct.month <= month,
        )
        .order_by(MonthProduct.pieces.desc(), Product.name)
        .limit(BASKETS * _PRODUCTS_MOST)
    )
    found: dict[date, list[Sold]] = {}
    for row, name in rows:
        found.setdefault(row.month, []).append(Sold(row.product_id, name, row.pieces, row.won, row.visits))
    return found


def _pairs(shop_id: int, month: date, sold: dict[date, list[Sold]]) -> list[Pair]:
    visits: Counter[int] = Counter()
    names: dict[int, str] = {}
    for line in (line for lines in sold.values() for line in lines):
        visits[line.product_id] += line.visits
        names[line.product_id] = line.name
    together = func.sum(MonthPair.visits)
    rows = db.session.execute(
        select(MonthPair.product_id, MonthPair.other_id, together)
        .where(
            MonthPair.shop_id == shop_id,
            MonthPair.month > months_back(month, BASKETS),
            MonthPair.month <= month,
        )
        .group_by(MonthPair.product_id, MonthPair.other_id)
    )
    return [
        Pair(names[one], names[other], visits[one], visits[other], int(both))
        for one, other, both in rows
        if one in names and other in names
    ]


def _moves(shop_id: int, today: date) -> list[Moved] | None:
    if not moves.is_known(shop_id):
        return None
    found = moves.moves(shop_id=shop_id, now=start_of_day(today))
    return [Moved(each.name, each.people, each.sentence, each.short) for each in found]


def _tiers(shop_id: int, people: dict[str, int]) -> list[tuple[str, int]]:
    rows = db.session.execute(select(Tier.id, Tier.name).where(Tier.shop_id == shop_id).order_by(Tier.least))
    return [(name, people.get(str(tier_id), 0)) for tier_id, name in rows if str(tier_id) in people]
