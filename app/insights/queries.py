"""Reads for the owner's home and 가게 흐름: the daily sums, who may come today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.customers.models import Customer
from app.extensions import db
from app.insights import groups, places, rhythms, rules
from app.insights.models import DayCount, PersonStat
from app.insights.rules import Expected
from app.insights.weeks import Day
from app.kit.clock import kst_day, start_of_day
from app.visits import goods
from app.visits import queries as visits

# Looking at everybody would count history; the most faithful ones decide whom to greet.
_LOOKED_AT = 300
_ASKED_CLOSELY = 40
# How far back a silence may have begun (half a year between visits).
_LONGEST_SILENCE = timedelta(days=380)


@dataclass(frozen=True)
class Today:
    """Today in large numbers."""

    stamps: int
    visits: int
    returning: int
    new_customers: int
    rewards_used: int
    coupons_used: int


def today(*, shop_id: int, now: datetime) -> Today:
    """Return the sums of this Korean day."""
    row = db.session.execute(
        select(
            DayCount.stamps,
            DayCount.visits,
            DayCount.returning_visits,
            DayCount.new_customers,
            DayCount.rewards_used,
            DayCount.coupons_used,
        ).where(DayCount.shop_id == shop_id, DayCount.day == kst_day(now))
    ).one_or_none()
    return Today(*row) if row else Today(0, 0, 0, 0, 0, 0)


def stamps_by_day(*, shop_id: int, last: date, days: int) -> list[tuple[date, int]]:
    """Return the stamps of each day up to and with `last`, oldest first, zeros included."""
    first = last - timedelta(days=days - 1)
    rows = db.session.execute(
        select(DayCount.day, DayCount.stamps).where(
            DayCount.shop_id == shop_id, DayCount.day >= first, DayCount.day <= last
        )
    )
    known: dict[date, int] = {row.day: row.stamps for row in rows}
    return [(day, known.get(day, 0)) for day in (first + timedelta(days=offset) for offset in range(days))]


def days(*, shop_id: int, first: date, last: date) -> list[Day]:
    """Return the sums of the days on which something happened, in their order."""
    rows = db.session.execute(
        select(DayCount.day, DayCount.visits, DayCount.returning_visits, DayCount.new_customers)
        .where(DayCount.shop_id == shop_id, DayCount.day >= first, DayCount.day <= last)
        .order_by(DayCount.day)
    )
    return [Day(*row) for row in rows]


def to_greet(*, shop_id: int, now: datetime, limit: int = 5) -> list[Expected]:
    """Return the regulars whose own rhythm points to today and who were not here yet."""
    day = kst_day(now)
    rows = db.session.execute(
        select(
            Customer.id,
            Customer.name,
            Customer.likes,
            Customer.first_visit_at,
            Customer.last_visit_at,
            Customer.visit_count,
        )
        .where(
            Customer.shop_id == shop_id,
            Customer.last_visit_at < start_of_day(day),
            Customer.last_visit_at > now - timedelta(days=60),
            Customer.visit_count >= rules.RHYTHM_VISITS,
            Customer.visit_count >= places.regular_from(shop_id),
            Customer.name != "",
            Customer.erased_at.is_(None),
        )
        .order_by(Customer.last_visit_at.desc())
        .limit(_LOOKED_AT)
    ).all()
    near = [row for row in rows if _may_be_due(row.first_visit_at, row.last_visit_at, row.visit_count, day)]
    # Who comes every day needs no reminder: those with a longer rhythm first, the more faithful on top.
    near.sort(
        key=lambda row: (
            _mean_gap(row.first_visit_at, row.last_visit_at, row.visit_count) < 3,
            -row.visit_count,
        )
    )
    near = near[:_ASKED_CLOSELY]
    if not near:
        return []
    own = rhythms.own_rhythms(shop_id=shop_id, customer_ids=[row.id for row in near], today=day)
    closed = rhythms.closed_lately(shop_id, day)
    expected: list[Expected] = []
    for row in near:
        rhythm, last = own[row.id], kst_day(row.last_visit_at)
        if rhythm and rules.is_due(gap_days=rules.days_away(last, day, closed), rhythm_days=rhythm):
            expected.append(Expected(row.id, row.name, row.likes, rhythm, (day - last).days))
    return expected[:limit]


@dataclass(frozen=True)
class Silent:
    """A regular who has been away for longer than their own rhythm explains."""

    customer_id: int
    visit_id: int  # their last one
    last_visit_at: datetime
    likes: str  # what can be said of what they like, else what they buy most, or ""
    favourite: int | None = None  # the product they buy most


def silent_ones(*, shop_id: int, now: datetime, after_id: int, limit: int) -> tuple[list[Silent], int | None]:
    """Return who of the next `limit` people of the group 뜸해진 손님 may be asked after, and the id to go on after.

    The id is None at the end. Nobody is asked after when so much time has gone by that it is over.
    """

    def is_away(gap: int, rhythm: int | None, _is_own: bool) -> bool:
        return rhythm is not None and rules.is_silent(gap_days=gap, rhythm_days=rhythm)

    return _away(shop_id, now, after_id, limit, group="silent", is_away=is_away)


def dormant_ones(
    *, shop_id: int, now: datetime, after_id: int, limit: int
) -> tuple[list[Silent], int | None]:
    """Return who of the next people of the group 휴면 손님 may be asked after, as silent_ones() does."""

    def is_away(gap: int, rhythm: int | None, is_own: bool) -> bool:
        return rules.is_dormant(gap_days=gap, rhythm_days=rhythm, is_own=is_own)

    return _away(shop_id, now, after_id, limit, group="dormant", is_away=is_away)


def _away(
    shop_id: int,
    now: datetime,
    after_id: int,
    limit: int,
    *,
    group: str,
    is_away: Callable[[int, int | None, bool], bool],
) -> tuple[list[Silent], int | None]:
    day = kst_day(now)
    rows = db.session.execute(
        groups.chosen(shop_id=shop_id, group=group, now=now)
        .join(PersonStat, (PersonStat.shop_id == Customer.shop_id) & (PersonStat.customer_id == Customer.id))
        .add_columns(
            Customer.likes, Customer.last_visit_at, PersonStat.rhythm_days, PersonStat.has_own_rhythm
        )
        .where(Customer.id > after_id, Customer.last_visit_at > now - _LONGEST_SILENCE)
        .order_by(Customer.id)
        .limit(limit)
    ).all()
    # Days that were closed since the last night are nobody's silence either.
    closed = rhythms.closed_lately(shop_id, day) if rows else ()
    gone = [
        row
        for row in rows
        if is_away(
            rules.days_away(kst_day(row.last_visit_at), day, closed), row.rhythm_days, row.has_own_rhythm
        )
    ]
    came = visits.last_of_many(shop_id=shop_id, customer_ids=[row.id for row in gone], most=rules.RHYTHM_OF)
    away = [(row, came[row.id]) for row in gone if row.id in came]
    most = goods.favourites(
        shop_id=shop_id, visits={row.id: [visit.id for visit in seen] for row, seen in away}
    )
    silent = []
    for row, seen in away:
        favourite, name = most.get(row.id, (None, ""))
        likes = rules.sayable(row.likes) or rules.sayable(name)
        silent.append(Silent(row.id, seen[0].id, row.last_visit_at, likes, favourite))
    return silent, rows[-1].id if len(rows) == limit else None


def liked(*, shop_id: int, customer_id: int) -> tuple[str, int | None]:
    """Return what can be said of what a person likes, else what they buy most, or ""; and that product."""
    noted = db.session.scalar(
        select(Customer.likes).where(Customer.shop_id == shop_id, Customer.id == customer_id)
    )
    came = visits.last_of_many(shop_id=shop_id, customer_ids=[customer_id], most=rules.RHYTHM_OF)
    most = goods.favourites(
        shop_id=shop_id, visits={who: [visit.id for visit in seen] for who, seen in came.items()}
    )
    favourite, name = most.get(customer_id, (None, ""))
    return rules.sayable(noted or "") or rules.sayable(name), favourite


def _may_be_due(first: datetime | None, last: datetime, count: int, day: date) -> bool:
    """Say, from the sums alone and generously, whether a closer look at the visits is worth it."""
    if first is None or count < 2:
        return False
    return 0.4 <= (day - kst_day(last)).days / _mean_gap(first, last, count) <= 2.2


def _mean_gap(first: datetime, last: datetime, count: int) -> float:
    """Return the mean days between visits, from the sums alone."""
    return max(1.0, (last - first).total_seconds() / 86400 / max(count - 1, 1))
