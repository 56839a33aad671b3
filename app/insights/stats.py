"""What the visits of a person add up to, worked out by the database itself: a few statements for any number of people.

At night for everybody, and within a minute for whoever came; it is the same statement, so that both say the same.
Every rule here is written a second time in insights/rules.py, and a test holds the two together. Flush, never commit.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
)

from app.customers.models import Customer
from app.insights import rules
from app.insights.korean_days import day_number, number_of
from app.insights.models import PersonStat
from app.kit.bound_rows import bound_rows
from app.kit.clock import start_of_day
from app.kit.columns import UtcDateTime
from app.kit.upsert import insert_into, table_of
from app.visits.models import Visit

YEAR = timedelta(days=364)  # before today: 365 days with it
_BEFORE_ALL = start_of_day(date(1970, 1, 1))
# Of so many people a shop's median is known well enough.
_MEDIAN_PEOPLE = 20_000
_SUMS = (
    "visits", "spent", "priced", "year_visits", "year_spent", "last_at", "rhythm_days", "has_own_rhythm", "standing",
)  # fmt: skip
_CLOSED = ("day", "before", "until")
# Ids in a list, or (after, up to) for everybody between two of them.
Who = list[int] | tuple[int, int]


@dataclass(frozen=True)
class Calendar:
    """A shop's days up to today: what is closed among them, as a rhythm needs it."""

    today: date
    closed: Collection[date]

    def rows(self) -> list[tuple[int, int, int]]:
        """Return each day from the first closed one on: how many closed ones lie before it, and up to and with it."""
        rows: list[tuple[int, int, int]] = []
        until, off = 0, frozenset(self.closed)
        first = min(off, default=self.today + timedelta(days=1))
        for number in range((self.today - first).days + 2):
            day = first + timedelta(days=number)
            before, until = until, until + int(day in off)
            rows.append((number_of(day), before, until))
        return rows


def count_people(
    session: Any,
    *,
    shop_id: int,
    who: Who,
    calendar: Calendar,
    shop_days: int | None,
    now: datetime,
) -> int:
    """Work out what the visits of some people add up to; returns how many rows changed.

    `who`: see Who. `shop_days`: the shop's own rhythm. Who left, or went into another one, keeps no row. VIP and
    what the model says stay as they are.
    """
    table = table_of(PersonStat)
    found = _worked_out(session, shop_id, who, calendar, shop_days, now)
    names = ("shop_id", "customer_id", *_SUMS, "counted_at")
    insert = insert_into(session, table).from_select(names, found, include_defaults=False)
    changed = session.scalars(
        insert.on_conflict_do_update(
            index_elements=["shop_id", "customer_id"],
            set_={name: insert.excluded[name] for name in (*_SUMS, "counted_at")},
            where=or_(*(table.c[name].is_distinct_from(insert.excluded[name]) for name in _SUMS)),
        ).returning(table.c.customer_id)
    ).all()
    gone = select(Customer.id).where(
        Customer.shop_id == shop_id, Customer.erased_at.is_not(None), those(Customer.id, who)
    )
    session.execute(
        delete(PersonStat).where(
            PersonStat.shop_id == shop_id,
            those(PersonStat.customer_id, who),
            PersonStat.customer_id.in_(gone),
        )
    )
    return len(changed)


def those(column: Any, who: Who) -> ColumnElement[bool]:
    """Return the condition that a column holds the id of one of these people."""
    if isinstance(who, tuple):
        return and_(column > who[0], column <= who[1])
    return column.in_(who)


def _worked_out(
    session: Any, shop_id: int, who: Who, calendar: Calendar, shop_days: int | None, now: datetime
) -> Select[Any]:
    """Return the statement with one row a person, in the order of the columns that are written."""
    people = and_(Customer.shop_id == shop_id, Customer.erased_at.is_(None), those(Customer.id, who))
    these = and_(Visit.shop_id == shop_id, Visit.reversed_at.is_(None), those(Visit.customer_id, who))
    closed = bound_rows(session, "calendar", _CLOSED, calendar.rows())
    own = _own_medians(session, people, closed)
    late = Visit.at >= start_of_day(calendar.today - YEAR)
    sums = (
        select(
            Visit.customer_id,
            func.count().label("visits"),
            func.sum(Visit.amount).label("spent"),
            func.count(Visit.amount).label("priced"),
            func.count().filter(late).label("year_visits"),
            func.sum(Visit.amount).filter(late).label("year_spent"),
            func.max(Visit.at).label("last_at"),
            day_number(session, "max(visits.at)").label("last_day"),
        )
        .where(these)
        .group_by(Visit.customer_id)
        .cte("sums")
    )
    gaps, twice = func.coalesce(own.c.gaps, 0), func.coalesce(own.c.twice, 0)
    full, half = rules.RHYTHM_VISITS - 1, twice // 2
    drawn = None if shop_days is None else (gaps * twice + (full - gaps) * 2 * shop_days + full) // (2 * full)
    is_own = gaps >= full
    rhythm = case(
        # Halves to the even number, as Python rounds.
        (is_own, half + (twice % 2) * (half % 2)),
        else_=drawn,
    )
    today = number_of(calendar.today)
    closed_now = sum(1 for day in calendar.closed if day < calendar.today)
    away = case(
        (sums.c.last_day >= today, 0),
        else_=today - sums.c.last_day - (closed_now - func.coalesce(closed.c.until, 0)),
    )
    known = (
        select(
            Customer.id.label("who"),
            *(func.coalesce(sums.c[name], 0).label(name) for name in _SUMS[:5]),
            sums.c.last_at,
            case((rhythm < 1, 1), else_=rhythm).label("rhythm"),
            is_own.label("is_own"),
            away.label("away"),
        )
        .select_from(Customer)
        .outerjoin(sums, sums.c.customer_id == Customer.id)
        .outerjoin(own, own.c.customer_id == Customer.id)
        .outerjoin(closed, closed.c.day == sums.c.last_day)
        .where(people)
        .cte("known")
    )
    # Every row is somebody; SQLite wants a WHERE here to tell ON CONFLICT from a join.
    return select(
        literal(shop_id, Integer), known.c.who, *(known.c[name] for name in _SUMS[:6]), known.c.rhythm, known.c.is_own,
        _standing(known), literal(now, UtcDateTime()),
    ).where(known.c.who.is_not(None))  # fmt: skip


def _standing(known: CTE) -> ColumnElement[str]:
    """Return rules.standing_of as the database says it."""
    away, rhythm, is_own = known.c.away, known.c.rhythm, known.c.is_own

    def border(times: float, own: int, others: int) -> ColumnElement[bool]:
        least = case((is_own, own), else_=others)
        return and_(away >= least, away >= func.coalesce(rhythm, 0) * times)

    return case(
        (known.c.visits == 0, ""),
        (border(rules.DORMANT_SILENCE, rules.LONG_DAYS, rules.DORMANT_DAYS), "dormant"),
        (
            and_(rhythm.is_not(None), border(rules.LONG_SILENCE, rules.SHORTEST_SILENCE, rules.LONG_DAYS)),
            "quiet",
        ),
        else_="comes",
    )


def _own_medians(session: Any, people: ColumnElement[bool], closed: CTE) -> CTE:
    """Return of who came on two days or more: how many gaps their last visits have, and twice the median of them.

    Of each person the index is gone back eight visits, however long the history: what lies before is not read.
    """
    eighth = (
        select(Visit.at)
        .where(
            Visit.shop_id == Customer.shop_id, Visit.customer_id == Customer.id, Visit.reversed_at.is_(None)
        )
        .order_by(Visit.at.desc())
        .offset(rules.RHYTHM_OF - 1)
        .limit(1)
        .scalar_subquery()
    )
    since = func.coalesce(eighth, literal(_BEFORE_ALL, UtcDateTime()))
    last = select(Customer.shop_id, Customer.id, since.label("since")).where(people).cte("last")
    lately = and_(
        Visit.shop_id == last.c.shop_id,
        Visit.customer_id == last.c.id,
        Visit.at >= last.c.since,
        Visit.reversed_at.is_(None),
    )
    days = (
        select(last.c.id.label("customer_id"), Visit.at, day_number(session).label("day"))
        .select_from(last)
        .outerjoin(Visit, lately)  # outer, so that nobody begins with all visits
        .cte("days")
    )
    one: dict[str, Any] = {"partition_by": days.c.customer_id, "order_by": days.c.at}
    before, until = func.coalesce(closed.c.before, 0), func.coalesce(closed.c.until, 0)
    stepped = (
        select(
            days.c.customer_id,
            (days.c.day - func.lag(days.c.day).over(**one)).label("days"),
            (before - func.lag(until).over(**one)).label("off"),
        )
        .select_from(days)
        .outerjoin(closed, closed.c.day == days.c.day)
        .cte("stepped")
    )
    # Several visits of one day are one: between them no day went by.
    steps = (
        select(stepped.c.customer_id, (stepped.c.days - stepped.c.off).label("gap"))
        .where(stepped.c.days > 0)
        .cte("steps")
    )
    person = steps.c.customer_id
    placed = select(
        person,
        steps.c.gap,
        func.row_number().over(partition_by=person, order_by=steps.c.gap).label("place"),
        func.count().over(partition_by=person).label("gaps"),
    ).cte("placed")
    # The middle one, or the two of them.
    lower, upper = (placed.c.gaps + 1) // 2, (placed.c.gaps + 2) // 2
    return (
        select(
            placed.c.customer_id,
            func.max(placed.c.gaps).label("gaps"),
            (
                func.max(placed.c.gap).filter(placed.c.place == lower)
                + func.max(placed.c.gap).filter(placed.c.place == upper)
            ).label("twice"),
        )
        .group_by(placed.c.customer_id)
        .cte("own")
    )


def shop_median(session: Any, *, shop_id: int, calendar: Calendar) -> int | None:
    """Return a shop's own rhythm in days (rules.shop_rhythm); of a large shop by every so many-th of its people."""
    people = session.scalar(select(func.count(Customer.id)).where(Customer.shop_id == shop_id)) or 0
    every = Customer.id % (people // _MEDIAN_PEOPLE + 1) == 0
    some = and_(Customer.shop_id == shop_id, Customer.erased_at.is_(None), every)
    own = _own_medians(session, some, bound_rows(session, "calendar", _CLOSED, calendar.rows()))
    rows = session.execute(select(own.c.twice, func.count()).group_by(own.c.twice))
    return rules.shop_rhythm({int(twice): int(many) for twice, many in rows})
