"""Reads for 마감 맞춰 보기: who stamped how often at which hour, what was counted on which day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import case, extract, func, select

from app.cards.checks import looked_without_card
from app.cards.history import undone
from app.cards.models import LedgerEntry
from app.extensions import db
from app.insights import closing
from app.insights.closing import Day, Hand, Limits
from app.insights.models import DayClose, DayCount, StaffLimit
from app.kit.clock import kst_day, start_of_day
from app.shops.models import Staff
from app.visits.models import Visit

_KOREA = 9  # hours before UTC, all year
_OUTSIDE_SHOWN = 50
# Home looks at no more of a day's stamps: a hundred an hour and hand, and a dozen hands are busy for hours.
_LOOKED_AT = 2_000


@dataclass(frozen=True)
class Closed:
    """A day somebody closed. `stamps`: the day's sum of stamps; `by`: who counted."""

    day: date
    receipts: int | None
    by: str
    at: datetime
    stamps: int = 0


def limits(shop_id: int) -> Limits:
    """Return from how many on the owner is told about one of the staff."""
    row = db.session.scalar(select(StaffLimit).where(StaffLimit.shop_id == shop_id))
    return Limits(row.stamps_an_hour, row.overrides_a_day, row.checks_a_day) if row else Limits()


def day_of(now: datetime, *, open_minute: int, close_minute: int) -> date:
    """Return the day that a shop is in at `now`: after midnight still the old one, while it has not closed."""
    today = kst_day(now)
    begin, _end = closing.window(
        day_start=start_of_day(today), open_minute=open_minute, close_minute=close_minute
    )
    return today if now >= begin else today - timedelta(days=1)


def day(*, shop_id: int, day: date, open_minute: int, close_minute: int, receipts: int | None = None) -> Day:
    """Return a shop's day at the counter, hand by hand."""
    begin = start_of_day(day)
    since, until = closing.window(day_start=begin, open_minute=open_minute, close_minute=close_minute)
    opening = closing.opening(day_start=begin, open_minute=open_minute, close_minute=close_minute)
    companions = db.session.scalar(
        select(func.coalesce(func.sum(Visit.party_size - 1), 0)).where(
            Visit.shop_id == shop_id, Visit.at >= since, Visit.at < until, Visit.reversed_at.is_(None)
        )
    )
    return Day(
        hands=_with_visits(shop_id, since, until, hands(shop_id=shop_id, since=since, until=until)),
        receipts=receipts,
        companions=int(companions or 0),
        outside=_outside(shop_id, since, until, opening),
    )


def hands(
    *, shop_id: int, since: datetime, until: datetime, but_owner: bool = False, newest: int | None = None
) -> list[Hand]:
    """Return what each person did at the counter between two moments, who stamped most first.

    By the ledger's index on the shop's days; what was taken back is left out. `but_owner`: of the staff alone.
    `newest`: of so many stamps at most, the last ones, so that no day is too long to look at.
    """
    stamps = (
        select(LedgerEntry.staff_id, LedgerEntry.at, LedgerEntry.how, LedgerEntry.reason)
        .where(
            LedgerEntry.shop_id == shop_id,
            LedgerEntry.at >= since,
            LedgerEntry.at < until,
            LedgerEntry.kind == "earn",
            LedgerEntry.staff_id.is_not(None),
            ~undone(),
        )
        .order_by(*([LedgerEntry.at.desc()] if newest else []))
        .limit(newest)
        .subquery()
    )
    hour = extract("hour", stamps.c.at)
    rows = db.session.execute(
        select(
            stamps.c.staff_id,
            hour,
            func.count(),
            func.count(case(((stamps.c.how == "more") | (stamps.c.reason != ""), 1))),
            func.count(case((stamps.c.reason != "", 1))),
        ).group_by(stamps.c.staff_id, hour)
    ).all()
    checks = looked_without_card(shop_id=shop_id, since=since, until=until)
    by_staff: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    for staff_id, utc_hour, stamps, again, overrides in rows:
        by_staff[int(staff_id or 0)].append(((int(utc_hour) + _KOREA) % 24, stamps, again, overrides))
    people = db.session.execute(
        select(Staff.id, Staff.name, Staff.role).where(
            Staff.shop_id == shop_id, Staff.id.in_(by_staff.keys() | checks.keys())
        )
    ).all()
    found = [
        Hand(
            person.id,
            person.name,
            person.role,
            stamps=sum(line[1] for line in by_staff[person.id]),
            again=sum(line[2] for line in by_staff[person.id]),
            overrides=sum(line[3] for line in by_staff[person.id]),
            checks=checks.get(person.id, 0),
            hours=sorted((line[0], line[1]) for line in by_staff[person.id]),
        )
        for person in people
        if not (but_owner and person.role == "owner")
    ]
    return sorted(found, key=lambda hand: (-hand.stamps, hand.staff_id))


def _with_visits(shop_id: int, since: datetime, until: datetime, found: list[Hand]) -> list[Hand]:
    rows = db.session.execute(
        select(Visit.staff_id, func.count(Visit.id))
        .where(Visit.shop_id == shop_id, Visit.at >= since, Visit.at < until, Visit.reversed_at.is_(None))
        .group_by(Visit.staff_id)
    )
    visits = {row.staff_id: row[1] for row in rows}
    return [replace(hand, visits=visits.get(hand.staff_id, 0)) for hand in found]


def _outside(
    shop_id: int, since: datetime, until: datetime, opening: tuple[datetime, datetime]
) -> list[tuple[int, str, int]]:
    """Return the stamps of a day while the shop was closed, by hour and hand."""
    rows = db.session.execute(
        select(LedgerEntry.at, Staff.name)
        .join(Staff, (Staff.shop_id == LedgerEntry.shop_id) & (Staff.id == LedgerEntry.staff_id))
        .where(
            LedgerEntry.shop_id == shop_id,
            LedgerEntry.at >= since,
            LedgerEntry.at < until,
            (LedgerEntry.at < opening[0]) | (LedgerEntry.at >= opening[1]),
            LedgerEntry.kind == "earn",
            ~undone(),
        )
        .order_by(LedgerEntry.at)
        .limit(_OUTSIDE_SHOWN)
    )
    counted: dict[tuple[int, str], int] = defaultdict(int)
    for at, name in rows:
        counted[((at.hour + _KOREA) % 24, name)] += 1
    return [(hour, name, number) for (hour, name), number in counted.items()]


def alert(*, shop_id: int, now: datetime) -> tuple[int, str] | None:
    """Return whom of the staff the owner should look at today (staff id, sentence), or None.

    For the owner's home: one question to the end of the day's ledger, one to its checks; nothing is counted while
    stamping. What was odd before the day's last stamps 마감 맞춰 보기 tells still.
    """
    since = start_of_day(kst_day(now))
    until = since + timedelta(days=1)
    found = hands(shop_id=shop_id, since=since, until=until, but_owner=True, newest=_LOOKED_AT)
    if not found:
        return None
    own = limits(shop_id)
    told = ((hand.staff_id, closing.over(hand, own)) for hand in found)
    return next((each for each in told if each[1]), None)


def closed(*, shop_id: int, limit: int = 31) -> list[Closed]:
    """Return the days that were closed, the newest first, each as it was counted last."""
    newest = (
        select(func.max(DayClose.id))
        .where(DayClose.shop_id == shop_id)
        .group_by(DayClose.day)
        .order_by(DayClose.day.desc())
        .limit(limit)
    )
    rows = db.session.execute(
        select(DayClose.day, DayClose.receipts, Staff.name, DayClose.at, func.coalesce(DayCount.stamps, 0))
        .join(Staff, (Staff.shop_id == DayClose.shop_id) & (Staff.id == DayClose.staff_id))
        .outerjoin(DayCount, (DayCount.shop_id == DayClose.shop_id) & (DayCount.day == DayClose.day))
        .where(DayClose.shop_id == shop_id, DayClose.id.in_(newest))
        .order_by(DayClose.day.desc())
    )
    return [Closed(*row) for row in rows]


def counted(*, shop_id: int, day: date) -> list[Closed]:
    """Return everything that was counted for one day, the newest first: the first of them counts."""
    rows = db.session.execute(
        select(DayClose.day, DayClose.receipts, Staff.name, DayClose.at)
        .join(Staff, (Staff.shop_id == DayClose.shop_id) & (Staff.id == DayClose.staff_id))
        .where(DayClose.shop_id == shop_id, DayClose.day == day)
        .order_by(DayClose.id.desc())
    )
    return [Closed(*row) for row in rows]
