"""A visit's Korean day and hour as the database reckons them: numbers, the same in both of ours. Pure SQL, no reading."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, literal_column

_EPOCH = date(1970, 1, 1)


def day_number(session: Any, at: str = "visits.at") -> ColumnElement[int]:
    """Return a moment's Korean day as days since 1970: a number to reckon with, the same in both our databases.

    `at`: the moment's column, as SQL.
    """
    spoken = (
        f"(strftime('%s', {at}) + 32400) / 86400"
        if session.get_bind().dialect.name == "sqlite"
        else f"({at} + interval '9 hours')::date - date '1970-01-01'"
    )
    return literal_column(spoken, Integer)


def number_of(day: date) -> int:
    """Return a day as the same number."""
    return (day - _EPOCH).days


def day_of(number: int) -> date:
    """Return the day of such a number."""
    return _EPOCH + timedelta(days=int(number))


def hour_of_day(session: Any) -> ColumnElement[int]:
    """Return a visit's hour in Korea, 0–23."""
    spoken = (
        "(strftime('%s', visits.at) + 32400) % 86400 / 3600"
        if session.get_bind().dialect.name == "sqlite"
        else "extract(hour from visits.at + interval '9 hours')::int"
    )
    return literal_column(spoken, Integer)
