"""Reads about the days people like to be remembered on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, tuple_

from app.customers.agreeing import agrees
from app.customers.models import Customer
from app.customers.rules import DAYS
from app.extensions import db
from app.kit.lunar import Yearly, kept_on


def birthdays_on(*, shop_id: int, day: date) -> list[int]:
    """Return the living customers whose birthday is celebrated on a Korean day, solar or lunar."""
    return _kept("birth", shop_id, day)


def anniversaries_on(*, shop_id: int, day: date) -> list[int]:
    """Return the living customers whose anniversary falls on a Korean day, solar or lunar."""
    return _kept("anniversary", shop_id, day)


def _kept(which: str, shop_id: int, day: date) -> list[int]:
    return list(
        db.session.scalars(
            select(Customer.id)
            .where(Customer.shop_id == shop_id, Customer.erased_at.is_(None), _is_one_of(which, kept_on(day)))
            .order_by(Customer.id)
        )
    )


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def birthday_in(shop_id: int, days: tuple[date, date]) -> ColumnElement[bool]:
    """Return the condition that a birthday is kept from the first of two days to the last, solar or lunar.

    Only of who agreed that the shop keeps it.
    """
    first, last = days
    every = [kept_on(first + timedelta(days=number)) for number in range((last - first).days + 1)]
    return and_(_is_one_of("birth", frozenset().union(*every)), agrees(shop_id, DAYS))


def _is_one_of(which: str, days: frozenset[Yearly]) -> ColumnElement[bool]:
    """Return the condition that a person's day is one of these: what a day means is worked out once, not per person."""
    of: dict[str, Any] = {
        name: getattr(Customer, f"{which}_{name}") for name in ("month", "day", "is_lunar", "is_leap")
    }
    kinds: dict[tuple[bool, bool], list[tuple[int, int]]] = {}
    for each in days:
        kinds.setdefault((each.is_lunar, each.is_leap), []).append((each.month, each.day))
    found = [
        and_(
            tuple_(of["month"], of["day"]).in_(sorted(pairs)),
            of["is_lunar"].is_(is_lunar),
            of["is_leap"].is_(is_leap),
        )
        for (is_lunar, is_leap), pairs in sorted(kinds.items())
    ]
    return and_(of["month"].is_not(None), or_(*found) if found else false())


@dataclass(frozen=True)
class TheirDays:
    """What a person told of their days; None where nothing was told."""

    birth: Yearly | None
    anniversary: Yearly | None
    anniversary_name: str


_DAYS = (
    *(Customer.birth_month, Customer.birth_day, Customer.birth_is_lunar, Customer.birth_is_leap),
    *(Customer.anniversary_month, Customer.anniversary_day),
    *(Customer.anniversary_is_lunar, Customer.anniversary_is_leap),
    Customer.anniversary_name,
)


def days_of(*, shop_id: int, customer_id: int) -> TheirDays:
    """Return a person's days; none for another shop's person or an erased one (S05)."""
    row = db.session.execute(
        select(*_DAYS).where(
            Customer.shop_id == shop_id, Customer.id == customer_id, Customer.erased_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        return TheirDays(None, None, "")
    values: tuple[Any, ...] = tuple(row)
    return TheirDays(_yearly(*values[:4]), _yearly(*values[4:8]), values[8])


def _yearly(month: int | None, day: int | None, is_lunar: bool, is_leap: bool) -> Yearly | None:
    return None if month is None or day is None else Yearly(month, day, is_lunar, is_leap)


@dataclass(frozen=True)
class Celebrated:
    """Whose birthday comes within a few days, and when."""

    customer_id: int
    name: str
    day: date


def birthdays_from(*, shop_id: int, first: date, days: int = 7, limit: int = 20) -> list[Celebrated]:
    """Return whose birthday comes in the `days` days from `first` on, the next first. One statement."""
    coming = {
        first + timedelta(days=number): kept_on(first + timedelta(days=number)) for number in range(days)
    }
    every: frozenset[Yearly] = frozenset().union(*coming.values())
    rows = db.session.execute(
        select(Customer.id, Customer.name, *_DAYS[:4])
        .where(Customer.shop_id == shop_id, Customer.erased_at.is_(None), _is_one_of("birth", every))
        .order_by(Customer.id)
    )
    found = []
    for customer_id, name, *told in rows:
        own = _yearly(*told)
        found.append(Celebrated(customer_id, name, next(day for day, kept in coming.items() if own in kept)))
    return sorted(found, key=lambda each: each.day)[:limit]
