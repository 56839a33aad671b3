"""A month worked out of its visits by a few statements, and which ones are due.

A day's sums note that it changed, in the visit's own transaction; its month is worked out anew by the clock. So the
stamp pays nothing for what only a whole month can say: who came, who came first when, what was bought together.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import CTE, BigInteger, ColumnElement, String, cast, func, literal_column, select
from sqlalchemy.orm import aliased

from app.customers.models import Customer
from app.insights.korean_days import day_number, day_of, hour_of_day
from app.insights.models import DayCount
from app.insights.month_models import (
    MonthCohort,
    MonthCount,
    MonthFound,
    MonthHour,
    MonthPair,
    MonthProduct,
)
from app.kit.clock import next_month, start_of_day
from app.visits.models import Visit, VisitItem

# Bought together less often it is chance; and more kinds of pairs than these nobody reads.
PAIR_LEAST, PAIRS_MOST = 3, 100
_ONE_OF = 5


@dataclass(frozen=True)
class Month:
    """What a month's visits say. All of it follows from them, so that two ways of counting can be held together."""

    people: int = 0
    baskets: int = 0
    by_won: bool = False
    fifth: tuple[int, int, int] = (0, 0, 0)  # people, visits, won
    hours: dict[tuple[int, int], int] = field(default_factory=dict)  # (weekday, hour) → visits
    cohorts: dict[date, tuple[int, int]] = field(default_factory=dict)  # first month → people, often
    found: dict[tuple[str, str], int] = field(default_factory=dict)  # (found_by, source) → people
    products: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # → pieces, won, visits
    pairs: dict[tuple[int, int], int] = field(default_factory=dict)  # → visits


def due(session: Any, *, shop_id: int) -> list[tuple[date, int]]:
    """Return which months have changed since they were worked out, with their days' changes; the newest first."""
    changes: Counter[date] = Counter()
    days = select(DayCount.day, DayCount.changes).where(DayCount.shop_id == shop_id)
    for day, changed in session.execute(days):
        changes[day.replace(day=1)] += changed
    counted = select(MonthCount.month, MonthCount.changes).where(MonthCount.shop_id == shop_id)
    known = {row.month: row.changes for row in session.execute(counted)}
    return sorted((each for each in changes.items() if known.get(each[0]) != each[1]), reverse=True)


def changes_of(session: Any, *, shop_id: int, month: date) -> int:
    """Return how often the days of a month have changed."""
    inside = (DayCount.day >= month, DayCount.day < next_month(month))
    changed = select(func.sum(DayCount.changes)).where(DayCount.shop_id == shop_id, *inside)
    return int(session.scalar(changed) or 0)


def work_out(session: Any, *, shop_id: int, month: date) -> Month:
    """Work a month out of its standing visits."""
    came = _came(session, shop_id, month)
    by_won, people, fifth = _fifth(session, came)
    cohorts = session.execute(
        select(came.c.first_month, func.count(), func.count().filter(came.c.visits > 1)).group_by(
            came.c.first_month
        )
    )
    found = session.execute(
        select(Customer.found_by, Customer.source, func.count())
        .select_from(came)
        .join(Customer, (Customer.shop_id == shop_id) & (Customer.id == came.c.customer_id))
        .where(came.c.first_month == f"{month:%Y-%m}")
        .group_by(Customer.found_by, Customer.source)
    )
    return Month(
        people=people,
        baskets=_baskets(session, shop_id, month),
        by_won=by_won,
        fifth=fifth,
        hours=_hours(session, shop_id, month),
        cohorts={date.fromisoformat(f"{first}-01"): (all_, often) for first, all_, often in cohorts},
        found={(by, source): many for by, source, many in found},
        products=_products(session, shop_id, month),
        pairs=_pairs(session, shop_id, month),
    )


def stored(session: Any, *, shop_id: int, month: date) -> Month | None:
    """Return a month as it is written down, or None."""

    def rows(model: Any, *columns: Any) -> Any:
        return session.execute(select(*columns).where(model.shop_id == shop_id, model.month == month))

    row = session.scalar(select(MonthCount).where(MonthCount.shop_id == shop_id, MonthCount.month == month))
    if row is None:
        return None
    hours = rows(MonthHour, MonthHour.weekday, MonthHour.hour, MonthHour.visits)
    cohorts = rows(MonthCohort, MonthCohort.first_month, MonthCohort.people, MonthCohort.often)
    ways = rows(MonthFound, MonthFound.found_by, MonthFound.source, MonthFound.people)
    sold = rows(
        MonthProduct, MonthProduct.product_id, MonthProduct.pieces, MonthProduct.won, MonthProduct.visits
    )
    pairs = rows(MonthPair, MonthPair.product_id, MonthPair.other_id, MonthPair.visits)
    return Month(
        people=row.people,
        baskets=row.baskets,
        by_won=row.by_won,
        fifth=(row.fifth_people, row.fifth_visits, row.fifth_won),
        hours={(day, hour): visits for day, hour, visits in hours},
        cohorts={first: (people, often) for first, people, often in cohorts},
        found={(by, source): people for by, source, people in ways},
        products={product: (pieces, won, visits) for product, pieces, won, visits in sold},
        pairs={(one, other): visits for one, other, visits in pairs},
    )


def of_month(shop_id: int, month: date) -> list[ColumnElement[bool]]:
    """Return the conditions that a visit stands and is of a Korean month."""
    return [
        Visit.shop_id == shop_id,
        Visit.at >= start_of_day(month),
        Visit.at < start_of_day(next_month(month)),
        Visit.reversed_at.is_(None),
    ]


def people_of(shop_id: int, month: date) -> Any:
    """Return who came in a month: customer_id, visits and won of each."""
    return (
        select(
            Visit.customer_id,
            func.count().label("visits"),
            func.count(Visit.amount).label("priced"),
            func.coalesce(func.sum(Visit.amount), 0).label("won"),
        )
        .where(*of_month(shop_id, month))
        .group_by(Visit.customer_id)
    )


def fifth_of(people: int) -> int:
    """Return how many a fifth of some people are: one of one to five."""
    return -(-people // _ONE_OF)


def in_order(came: Any, *, by_won: bool) -> list[Any]:
    """Return who comes first among a month's people: by visits, or by won; of equals the older customer."""
    most = [came.c.won.desc(), came.c.visits.desc()] if by_won else [came.c.visits.desc(), came.c.won.desc()]
    return [*most, came.c.customer_id]


def _came(session: Any, shop_id: int, month: date) -> CTE:
    """Return who came in a month, each with the month of their first standing visit of all ("2026-11")."""
    per = people_of(shop_id, month).cte("per")
    before = aliased(Visit)
    first = (
        select(before.at)
        .where(
            before.shop_id == shop_id,
            before.customer_id == per.c.customer_id,
            before.reversed_at.is_(None),
        )
        .order_by(before.at)
        .limit(1)
        .scalar_subquery()
    )
    each = select(per, first.label("first_at")).cte("firsts")
    spoken = (
        "strftime('%Y-%m', firsts.first_at, '+9 hours')"
        if session.get_bind().dialect.name == "sqlite"
        else "to_char(firsts.first_at + interval '9 hours', 'YYYY-MM')"
    )
    return select(each, literal_column(spoken, String).label("first_month")).cte("came")


def _fifth(session: Any, came: CTE) -> tuple[bool, int, tuple[int, int, int]]:
    visits, priced, people = session.execute(
        select(func.sum(came.c.visits), func.sum(came.c.priced), func.count()).select_from(came)
    ).one()
    by_won = 2 * (priced or 0) > (visits or 0)
    first = (
        select(came.c.visits, came.c.won)
        .order_by(*in_order(came, by_won=by_won))
        .limit(fifth_of(people))
        .subquery()
    )
    many, theirs, won = session.execute(
        select(func.count(), func.sum(first.c.visits), func.sum(first.c.won)).select_from(first)
    ).one()
    return by_won, int(people), (int(many), int(theirs or 0), int(won or 0))


def _hours(session: Any, shop_id: int, month: date) -> dict[tuple[int, int], int]:
    day, hour = day_number(session).label("day"), hour_of_day(session).label("hour")
    rows = session.execute(
        select(day, hour, func.count()).where(*of_month(shop_id, month)).group_by(day, hour)
    )
    counted: Counter[tuple[int, int]] = Counter()
    for number, at, visits in rows:
        counted[day_of(number).weekday(), int(at)] += visits
    return dict(counted)


def _items(shop_id: int) -> Any:
    return (VisitItem.shop_id == Visit.shop_id) & (VisitItem.visit_id == Visit.id)


def _baskets(session: Any, shop_id: int, month: date) -> int:
    bought = select(VisitItem.id).where(_items(shop_id)).correlate(Visit).exists()
    return int(session.scalar(select(func.count(Visit.id)).where(*of_month(shop_id, month), bought)) or 0)


def _products(session: Any, shop_id: int, month: date) -> dict[int, tuple[int, int, int]]:
    rows = session.execute(
        select(
            VisitItem.product_id,
            func.sum(VisitItem.quantity),
            # A slip of the pen, 999 pieces at a till's highest price, is more than PostgreSQL's INTEGER holds.
            func.sum(cast(VisitItem.quantity, BigInteger) * VisitItem.price),
            func.count(VisitItem.visit_id.distinct()),
        )
        .select_from(Visit)
        .join(VisitItem, _items(shop_id))
        .where(*of_month(shop_id, month))
        .group_by(VisitItem.product_id)
    )
    return {product: (int(pieces), int(won), visits) for product, pieces, won, visits in rows}


def _pairs(session: Any, shop_id: int, month: date) -> dict[tuple[int, int], int]:
    other = aliased(VisitItem)
    together = func.count(VisitItem.visit_id.distinct())
    rows = session.execute(
        select(VisitItem.product_id, other.product_id, together)
        .select_from(Visit)
        .join(VisitItem, _items(shop_id))
        .join(
            other,
            (other.shop_id == VisitItem.shop_id)
            & (other.visit_id == VisitItem.visit_id)
            & (other.product_id > VisitItem.product_id),
        )
        .where(*of_month(shop_id, month))
        .group_by(VisitItem.product_id, other.product_id)
        .having(together >= PAIR_LEAST)
        .order_by(together.desc(), VisitItem.product_id, other.product_id)
        .limit(PAIRS_MOST)
    )
    return {(one, two): visits for one, two, visits in rows}
