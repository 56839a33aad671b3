"""The one place that reads the time. Everything below a door receives `now` as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

KST = ZoneInfo("Asia/Seoul")


def utc_now() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    return datetime.now(UTC)


def signing_moment() -> str:
    """Return this machine's present moment in UTC, ISO 8601 to the second.

    For signatures that a server compares with its own clock; nothing of the shop's is decided by it.
    """
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def file_clock() -> float:
    """Return this machine's present moment in unix seconds, the clock by which it dates its files."""
    return datetime.now(UTC).timestamp()


def kst_day(moment: datetime) -> date:
    """Return the calendar day in Korea of an aware moment."""
    return moment.astimezone(KST).date()


def start_of_day(day: date) -> datetime:
    """Return the aware UTC moment at which a Korean calendar day begins."""
    return datetime.combine(day, time.min, tzinfo=KST).astimezone(UTC)


def next_month(month: date) -> date:
    """Return the first day of the month after that of a day."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def months_back(month: date, many: int) -> date:
    """Return the first day of the month so many months before that of a day."""
    for _ in range(many):
        month = (month.replace(day=1) - timedelta(days=1)).replace(day=1)
    return month.replace(day=1)


def next_minute_of_day(moment: datetime, minute: int) -> datetime:
    """Return the first moment strictly after `moment` at which Korea's clock shows `minute`.

    `minute` is minutes after midnight and may pass 1440 for shops that close after midnight.
    """
    day = kst_day(moment) - timedelta(days=1)
    while True:
        candidate = start_of_day(day) + timedelta(minutes=minute)
        if candidate > moment:
            return candidate
        day += timedelta(days=1)
