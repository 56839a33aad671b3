"""A shop's BG/NBD model and what it says of each person: what it is made of, and where it is written down.

Flush, never commit. The arithmetic is insights/bgnbd.py; days on which the shop is closed are nobody's absence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, distinct, func, or_, select, update

from app.insights import stats
from app.insights.bgnbd import FIT_PEOPLE, Model, Past
from app.insights.korean_days import day_number, number_of
from app.insights.models import PersonStat, ShopRhythm
from app.insights.stats import Calendar, Who
from app.kit.upsert import insert_into, table_of
from app.visits.models import Visit

_STATS = table_of(PersonStat)
_PUT = (
    update(_STATS)
    .where(_STATS.c.shop_id == bindparam("of"), _STATS.c.customer_id == bindparam("who"))
    .values(alive=bindparam("here"), expected=bindparam("coming"))
)


@dataclass(frozen=True)
class Rhythm:
    """A shop's rhythm as it was found last night. `reason`: why there is no model (few | unclear), else ""."""

    median_days: int | None
    people: int
    again: int
    model: Model | None
    reason: str
    fitted_at: datetime


def rhythm_of(session: Any, *, shop_id: int) -> Rhythm | None:
    """Return a shop's rhythm, or None before its first night."""
    row = session.scalar(select(ShopRhythm).where(ShopRhythm.shop_id == shop_id))
    if row is None:
        return None
    model = None if row.r is None else Model(row.r, row.alpha, row.a, row.b, row.log_likelihood)
    return Rhythm(row.median_days, row.people, row.again, model, row.reason, row.fitted_at)


def put_rhythm(session: Any, *, shop_id: int, rhythm: Rhythm) -> None:
    """Write a shop's rhythm down in place of the one before."""
    model = rhythm.model
    facts = {
        "median_days": rhythm.median_days,
        "people": rhythm.people,
        "again": rhythm.again,
        "r": model and model.r,
        "alpha": model and model.alpha,
        "a": model and model.a,
        "b": model and model.b,
        "log_likelihood": model and model.log_likelihood,
        "reason": rhythm.reason,
        "fitted_at": rhythm.fitted_at,
    }
    session.execute(
        insert_into(session, ShopRhythm)
        .values(shop_id=shop_id, **facts)
        .on_conflict_do_update(index_elements=["shop_id"], set_=facts)
    )


def history(session: Any, *, shop_id: int) -> tuple[int, int]:
    """Return how many people came to a shop, and how many visits there were after somebody's first."""
    people, visits = session.execute(
        select(func.count(), func.coalesce(func.sum(PersonStat.visits), 0))
        .select_from(PersonStat)
        .where(PersonStat.shop_id == shop_id, PersonStat.visits > 0)
    ).one()
    return int(people), int(visits) - int(people)


def pasts(
    session: Any, *, shop_id: int, calendar: Calendar, who: Who | None = None, people: int = 0
) -> dict[int, Past]:
    """Return what the model needs of some people, by id; without `who` of as many of a shop's `people` as a fit needs.

    Two visits on one day are one; days the shop was closed do not pass.
    """
    day = day_number(session)
    still_here = select(PersonStat.customer_id).where(
        PersonStat.shop_id == shop_id, PersonStat.customer_id % (people // FIT_PEOPLE + 1) == 0
    )  # who asked to be forgotten did not stay away
    these = Visit.customer_id.in_(still_here) if who is None else stats.those(Visit.customer_id, who)
    rows = session.execute(
        select(
            Visit.customer_id,
            func.count(distinct(day)),
            day_number(session, "min(visits.at)"),
            day_number(session, "max(visits.at)"),
        )
        .where(Visit.shop_id == shop_id, Visit.reversed_at.is_(None), these)
        .group_by(Visit.customer_id)
    )
    off, today = sorted(map(number_of, calendar.closed)), number_of(calendar.today)

    def open_days(first: int, last: int) -> int:
        return last - first - max(0, bisect_left(off, last) - bisect_right(off, first))

    return {
        who_came: Past(days - 1, float(open_days(first, last)), float(open_days(first, max(today, last))))
        for who_came, days, first, last in rows
    }


def stored(session: Any, *, shop_id: int, who: Who) -> dict[int, tuple[float | None, float | None]]:
    """Return (alive, expected) as they are written of some people."""
    rows = session.execute(
        select(PersonStat.customer_id, PersonStat.alive, PersonStat.expected).where(
            PersonStat.shop_id == shop_id, stats.those(PersonStat.customer_id, who)
        )
    )
    return {customer_id: (alive, expected) for customer_id, alive, expected in rows}


def put_likely(session: Any, *, shop_id: int, rows: Sequence[tuple[int, float | None, float | None]]) -> None:
    """Write (person, alive, expected); one statement, sent for all of them at once."""
    session.execute(
        _PUT,
        [{"of": shop_id, "who": who, "here": alive, "coming": expected} for who, alive, expected in rows],
    )


def forget_likely(session: Any, *, shop_id: int) -> None:
    """Take back what a model said that a shop no longer has."""
    session.execute(
        update(PersonStat)
        .where(
            PersonStat.shop_id == shop_id,
            or_(PersonStat.alive.is_not(None), PersonStat.expected.is_not(None)),
        )
        .values(alive=None, expected=None)
        .execution_options(synchronize_session=False)
    )
