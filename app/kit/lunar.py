"""Korean lunar days (음력) and what falls on a day of today's calendar. Pure.

The table is KARI's, by korean-lunar-calendar; it ends with the year 2050.
"""

from __future__ import annotations

import calendar
import threading
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from korean_lunar_calendar import KoreanLunarCalendar

_LAST = date(2050, 11, 30)  # up to here a lunar month of the table is whole
_MOST_OF_A_MONTH = 30


class _Tables(threading.local):
    """A thread's own table: a new one adds up a thousand years, and one that is shared could be set by two."""

    def __init__(self) -> None:
        self.table = KoreanLunarCalendar()


_own = _Tables()


@dataclass(frozen=True)
class Yearly:
    """A day that comes back each year. `is_leap`: of a 윤달, the lunar month that some years have twice."""

    month: int
    day: int
    is_lunar: bool = False
    is_leap: bool = False


@dataclass(frozen=True)
class LunarDay:
    """A day of the lunar calendar. `is_last`: its month ends with it."""

    year: int
    month: int
    day: int
    is_leap: bool
    is_last: bool


@lru_cache(maxsize=512)
def lunar_day(day: date) -> LunarDay | None:
    """Return a day by the lunar calendar, None beyond the table."""
    table = _own.table
    if day > _LAST or not table.setSolarDate(day.year, day.month, day.day):
        return None
    year, month, number, is_leap = table.lunarYear, table.lunarMonth, table.lunarDay, table.isIntercalation
    is_last = number == _MOST_OF_A_MONTH or not table.setLunarDate(year, month, number + 1, is_leap)
    return LunarDay(year, month, number, is_leap, is_last)


def has_leap(year: int, month: int) -> bool:
    """Say whether a lunar year has this month twice."""
    return bool(_own.table.setLunarDate(year, month, 1, True))


def exists(day: Yearly) -> bool:
    """Say whether there is such a day in any year: no 31st of April, no lunar 31st."""
    if not 1 <= day.month <= 12:
        return False
    most = _MOST_OF_A_MONTH if day.is_lunar else calendar.monthrange(2024, day.month)[1]
    return 1 <= day.day <= most and (day.is_lunar or not day.is_leap)


def kept_on(day: date) -> frozenset[Yearly]:
    """Return every yearly day that is kept on a day.

    29 February is kept on the 28th of a year without it; a lunar 30th on the 29th when its month ends there;
    a day of a 윤달 in the plain month of a year that does not have it.
    """
    found = {Yearly(day.month, day.day)}
    if (day.month, day.day) == (2, 28) and not calendar.isleap(day.year):
        found.add(Yearly(2, 29))
    lunar = lunar_day(day)
    if lunar is None:
        return frozenset(found)
    days = {lunar.day} | ({_MOST_OF_A_MONTH} if lunar.is_last else set())
    leaps = {True} if lunar.is_leap else {False} | ({True} - {has_leap(lunar.year, lunar.month)})
    found |= {Yearly(lunar.month, each, True, leap) for each in days for leap in leaps}
    return frozenset(found)


def kept_in(day: Yearly, year: int) -> date | None:
    """Return on which day of a lunar year (a solar one, for a solar day) a yearly day is kept; None beyond the table.

    A lunar day late in the year is kept in the first weeks of the solar year that follows.
    """
    if not day.is_lunar:
        last = calendar.monthrange(year, day.month)[1]
        return date(year, day.month, min(day.day, last))
    table = _own.table
    is_leap = day.is_leap and has_leap(year, day.month)
    for number in (day.day, day.day - 1):
        if table.setLunarDate(year, day.month, number, is_leap):
            return date(table.solarYear, table.solarMonth, table.solarDay)
    return None


def next_kept(day: Yearly, today: date) -> date | None:
    """Return when a yearly day is kept next, today included; None beyond the table."""
    years = range(today.year - 1, today.year + 2)
    days = (kept_in(day, year) for year in years)
    return min((each for each in days if each is not None and each >= today), default=None)
