"""Column types that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer
from sqlalchemy.types import TypeDecorator

# SQLite only gives a rowid alias (and so an automatic number) to a column typed INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


_LENGTH = len("2026-01-31 23:59:59.999999")  # without the zone


def stored(moment: datetime) -> str:
    """Return an aware moment as both databases keep it, in UTC: for rows that are written past SQLAlchemy."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(" ", "microseconds")[:_LENGTH]


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment. Refuses naive values, so that no local time is stored by mistake."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Turn an aware moment into the naive UTC value that is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment must carry its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give the stored value back as an aware UTC moment."""
        return None if value is None else value.replace(tzinfo=UTC)
