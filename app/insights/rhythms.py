"""Reads about how people come: one person's habit, who is quieter than usual, and by what that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app.customers.models import Customer
from app.extensions import db
from app.insights import groups, habits, rules
from app.insights.models import PersonStat, ShopRhythm
from app.kit.clock import KST, kst_day
from app.shops import closures
from app.visits import queries as visits

_HABIT_OF = 20
# The list shows few; beyond these nobody is looked at for it, and they are not counted either.
LOOKED_AT = 1_000


@dataclass(frozen=True)
class QuietOne:
    """Somebody who has been away for longer than usual. `alive`: 0–1 or None."""

    customer_id: int
    name: str
    rhythm_days: int
    away_days: int
    alive: float | None


@dataclass(frozen=True)
class Known:
    """By what a shop's people are judged. `reason`: why there is no model (few | unclear), "" where there is one."""

    people: int
    reason: str


def habit_of(*, shop_id: int, customer_id: int) -> str:
    """Return how often and when a person comes in one sentence, "" while they have no rhythm of their own.

    In days of the calendar, as one would count them: a closed day between is a day to whoever waits.
    """
    came = visits.lately(shop_id=shop_id, customer_id=customer_id, limit=_HABIT_OF).visited
    if len(came) < rules.RHYTHM_VISITS:
        return ""
    local = [at.astimezone(KST) for at in came]
    rhythm = rules.rhythm([at.date() for at in local[: rules.RHYTHM_OF]])
    return habits.habit_words(rhythm, habits.habit([(at.weekday(), at.hour) for at in local]))


def closed_lately(shop_id: int, today: date) -> frozenset[date]:
    """Return the closed days that a rhythm of today leaves out."""
    return closures.closed_days(shop_id=shop_id, since=today - rules.CLOSED_SINCE, until=today)


def quiet_ones(*, shop_id: int, now: datetime, limit: int = 5) -> tuple[int, list[QuietOne]]:
    """Return how many are in the group 뜸해진 손님, counted up to LOOKED_AT, and those the shop would miss most.

    That is the visits of a year that go with them, as likely as the model says they do; without one, the visits.
    """
    quiet = groups.chosen(shop_id=shop_id, group="silent", now=now).limit(LOOKED_AT).cte("quiet")
    rows = db.session.execute(
        select(
            Customer.id,
            Customer.name,
            Customer.last_visit_at,
            PersonStat.rhythm_days,
            PersonStat.alive,
            func.count().over().label("many"),
        )
        .join(quiet, quiet.c.id == Customer.id)
        .join(PersonStat, (PersonStat.shop_id == Customer.shop_id) & (PersonStat.customer_id == Customer.id))
        .where(Customer.shop_id == shop_id)
        .order_by((PersonStat.year_visits * (1 - func.coalesce(PersonStat.alive, 0))).desc(), Customer.id)
        .limit(limit)
    ).all()
    today = kst_day(now)
    return rows[0].many if rows else 0, [
        QuietOne(row.id, row.name, row.rhythm_days, (today - kst_day(row.last_visit_at)).days, row.alive)
        for row in rows
    ]


def known(shop_id: int) -> Known | None:
    """Return by what a shop's people are judged, or None before its first night."""
    row = db.session.execute(
        select(ShopRhythm.people, ShopRhythm.reason).where(ShopRhythm.shop_id == shop_id)
    ).one_or_none()
    return Known(row.people, row.reason) if row else None


def own_rhythms(*, shop_id: int, customer_ids: list[int], today: date) -> dict[int, int | None]:
    """Return the own rhythm in days of some people, None where there are too few visits yet.

    What was worked out is read; whose visits have changed since is looked at by the last of them.
    """
    rows = db.session.execute(
        select(PersonStat.customer_id, PersonStat.rhythm_days, PersonStat.has_own_rhythm)
        .join(Customer, (Customer.shop_id == PersonStat.shop_id) & (Customer.id == PersonStat.customer_id))
        .where(
            PersonStat.shop_id == shop_id,
            PersonStat.customer_id.in_(customer_ids),
            Customer.stale_at.is_(None),
        )
    )
    found: dict[int, int | None] = {
        customer_id: days if is_own else None for customer_id, days, is_own in rows
    }
    if rest := [each for each in customer_ids if each not in found]:
        closed = closed_lately(shop_id, today)
        came = visits.last_of_many(shop_id=shop_id, customer_ids=rest, most=rules.RHYTHM_OF)
        for each in rest:
            found[each] = rules.rhythm([kst_day(visit.at) for visit in came.get(each, [])], closed)
    return found
