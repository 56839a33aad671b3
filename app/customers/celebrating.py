"""Changes to a person's birthday and anniversary. Flush, never commit."""

from __future__ import annotations

from typing import Any

from app.customers.day_rules import CleanDays
from app.customers.models import Customer
from app.kit.lunar import Yearly


def write_days(session: Any, *, person: Customer, days: CleanDays) -> bool:
    """Keep the days a person told of; False when they were the same before."""
    _write(person, "birth", days.birth)
    _write(person, "anniversary", days.anniversary)
    person.anniversary_name = days.anniversary_name
    is_new: bool = session.is_modified(person)
    session.flush()
    return is_new


def drop_days(session: Any, *, person: Customer) -> bool:
    """Take every day away; False when there was none."""
    return write_days(session, person=person, days=CleanDays(None, None, ""))


def _write(person: Customer, which: str, day: Yearly | None) -> None:
    for name in ("month", "day"):
        setattr(person, f"{which}_{name}", None if day is None else getattr(day, name))
    for name in ("is_lunar", "is_leap"):
        setattr(person, f"{which}_{name}", day is not None and getattr(day, name))
