"""What a shop's visits add up to: for everybody at night, for whoever came within a minute; and who is likely to come.

In steps of bounded size, each a transaction of its own, so that no stamp waits for a night's work. The night is the
same for a shop of ten people and of a hundred thousand: what is worked out is a row a person, only changes are written.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from math import isfinite
from typing import Any

from sqlalchemy import func, select, update

from app.customers.models import Customer
from app.extensions import db
from app.flows.unit import end_reading, write
from app.insights import bgnbd, likely, rules, stats, vip
from app.insights.bgnbd import Model
from app.insights.likely import Rhythm
from app.insights.stats import Calendar, Who
from app.kit.clock import kst_day
from app.shops import closures

# One transaction works out so many: a stamp waits no longer than this takes.
_AT_ONCE = 500
_CAME_AT_ONCE = 100
# What is expected is said of so many days on which the shop is open.
AHEAD_DAYS = 30.0

Stop = Callable[[], bool]


def _never() -> bool:
    return False


def see_to(*, shop_id: int, now: datetime, stop: Stop = _never) -> None:
    """Nightly: work a shop's people out anew, fit its model, and write what the model says of each.

    Stops between two steps when asked to; what was not reached is done by the next night.
    """
    end_reading()
    calendar = _calendar(shop_id, now)
    known = likely.rhythm_of(db.session, shop_id=shop_id)
    median = stats.shop_median(db.session, shop_id=shop_id, calendar=calendar)
    if known is None or known.median_days != median:
        # Whoever comes meanwhile is measured by the same rhythm as the others.
        _put(shop_id, Rhythm(median, 0, 0, None, "few", now) if known is None else _with(known, median))
    steps = _steps(shop_id)
    for step in steps:
        if stop():
            return
        with write() as session:
            stats.count_people(
                session, shop_id=shop_id, who=step, calendar=calendar, shop_days=median, now=now
            )
    if not stop():
        _see_to_vip(shop_id, calendar)
    found = None if stop() else _fit(shop_id, calendar, median, now, stop)
    if found is not None:
        _put(shop_id, found)
        _see_to_likely(shop_id, calendar, found.model, steps, stop)


def shops_due() -> list[int]:
    """Return the shops of which somebody's visits have changed since they were added up."""
    end_reading()
    return sorted(
        db.session.scalars(select(Customer.shop_id).where(Customer.stale_at.is_not(None)).distinct())
    )


def count_shop(*, shop_id: int, now: datetime, stop: Stop = _never) -> int:
    """Every minute: work out anew whose visits have changed in one shop; returns how many people.

    A shop that was never looked at, new or brought along by an update, is looked at as a whole.
    """
    end_reading()
    if likely.rhythm_of(db.session, shop_id=shop_id) is None:
        see_to(shop_id=shop_id, now=now, stop=stop)
    end_reading()
    calendar = _calendar(shop_id, now)
    known = likely.rhythm_of(db.session, shop_id=shop_id)
    done = 0
    while not stop():
        with write() as session:
            people = _take(session, shop_id)
            if people:
                _count(session, shop_id, people, calendar, known, now)
        done += len(people)
        if len(people) < _CAME_AT_ONCE:
            break
    return done


def _take(session: Any, shop_id: int) -> list[int]:
    """Take people whose visits changed, whoever changed longest ago first; who is being stamped comes next time.

    The mark goes before the visits are read: a visit that is committed later sets it again.
    """
    people = list(
        session.scalars(
            select(Customer.id)
            .where(Customer.shop_id == shop_id, Customer.stale_at.is_not(None))
            .order_by(Customer.stale_at)
            .limit(_CAME_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
    )
    if people:
        session.execute(
            update(Customer)
            .where(Customer.shop_id == shop_id, Customer.id.in_(people))
            .values(stale_at=None)
            .execution_options(synchronize_session=False)
        )
    return people


def _count(
    session: Any, shop_id: int, people: list[int], calendar: Calendar, known: Rhythm | None, now: datetime
) -> None:
    stats.count_people(
        session,
        shop_id=shop_id,
        who=people,
        calendar=calendar,
        shop_days=known.median_days if known else None,
        now=now,
    )
    if known is not None and known.model is not None:
        rows = _news(session, shop_id, people, calendar, known.model)
        if rows:
            likely.put_likely(session, shop_id=shop_id, rows=rows)


def _calendar(shop_id: int, now: datetime) -> Calendar:
    today = kst_day(now)
    closed = closures.closed_days(shop_id=shop_id, since=today - rules.CLOSED_SINCE, until=today)
    return Calendar(today, closed)


def _steps(shop_id: int) -> list[tuple[int, int]]:
    """Return (after, up to) of the ids of a shop's people, step by step."""
    place = func.row_number().over(order_by=Customer.id).label("place")
    placed = select(Customer.id, place).where(Customer.shop_id == shop_id).subquery()
    ends = list(
        db.session.scalars(
            select(func.max(placed.c.id))
            .group_by((placed.c.place - 1) // _AT_ONCE)
            .order_by(func.max(placed.c.id))
        )
    )
    end_reading()
    return list(pairwise([0, *ends]))


def _see_to_vip(shop_id: int, calendar: Calendar) -> None:
    become, end = vip.changes(db.session, shop_id=shop_id, today=calendar.today)
    for people, is_vip in ((become, True), (end, False)):
        for first in range(0, len(people), _AT_ONCE):
            with write() as session:
                some = people[first : first + _AT_ONCE]
                vip.put(session, shop_id=shop_id, customer_ids=some, is_vip=is_vip)


def _fit(shop_id: int, calendar: Calendar, median: int | None, now: datetime, stop: Stop) -> Rhythm | None:
    """Return the shop's rhythm with its model, or with why there is none; None when it was asked to stop."""
    end_reading()
    people, again = likely.history(db.session, shop_id=shop_id)
    if people < bgnbd.LEAST_PEOPLE or again < bgnbd.LEAST_AGAIN:
        return Rhythm(median, people, again, None, "few", now)
    found = likely.pasts(db.session, shop_id=shop_id, calendar=calendar, people=people)
    end_reading()
    model = bgnbd.fit(list(found.values()), stop)
    if model is None and stop():
        return None
    return Rhythm(median, people, again, model, "" if model else "unclear", now)


def _see_to_likely(
    shop_id: int, calendar: Calendar, model: Model | None, steps: list[tuple[int, int]], stop: Stop
) -> None:
    if model is None:
        with write() as session:
            likely.forget_likely(session, shop_id=shop_id)
        return
    for step in steps:
        if stop():
            return
        rows = _news(db.session, shop_id, step, calendar, model)  # read before anybody has to wait
        if rows:
            with write() as session:
                likely.put_likely(session, shop_id=shop_id, rows=rows)


def _news(
    session: Any, shop_id: int, who: Who, calendar: Calendar, model: Model
) -> list[tuple[int, float | None, float | None]]:
    """Return (person, alive, expected) of those of whom the model says something new."""
    before = likely.stored(session, shop_id=shop_id, who=who)
    found = likely.pasts(session, shop_id=shop_id, calendar=calendar, who=who)
    people = [each for each in before if each in found]
    told: dict[int, tuple[float | None, float | None]] = dict.fromkeys(before, (None, None))
    if people:
        some = [found[each] for each in people]
        alive, expected = bgnbd.p_alive(model, some), bgnbd.expected(model, some, AHEAD_DAYS)
        for each, past, here, visits in zip(people, some, alive, expected, strict=True):
            # Of who came once the model cannot say it: by its assumptions nobody leaves before the second visit.
            told[each] = (_cut(here, 3) if past.x else None, _cut(visits, 2))
    return [(each, *told[each]) for each, was in before.items() if told[each] != was]


def _cut(number: Any, places: int) -> float | None:
    """Return a number as exactly as anybody reads it: what changes behind that is not written every night."""
    return round(float(number), places) if isfinite(number) else None


def _with(known: Rhythm, median: int | None) -> Rhythm:
    return Rhythm(median, known.people, known.again, known.model, known.reason, known.fitted_at)


def _put(shop_id: int, rhythm: Rhythm) -> None:
    with write() as session:
        likely.put_rhythm(session, shop_id=shop_id, rhythm=rhythm)
