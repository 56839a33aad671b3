"""When the demo cafe is open and when people come: weekdays, rushes, closures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from app.kit.clock import kst_day, start_of_day

OPENS, CLOSES = 8 * 60, 21 * 60  # minutes after midnight in Korea
HISTORY_DAYS = 548  # 18 months
# How a weekday compares with the average day, Monday first.
WEEKDAYS = (0.95, 0.9, 0.95, 1.05, 1.3, 1.15, 0.7)
# The four rushes: (middle, spread) in minutes after midnight, and how the day divides among them.
RUSHES = ((8 * 60 + 40, 24), (12 * 60 + 35, 24), (15 * 60 + 20, 50), (18 * 60 + 35, 40))
RUSH_SHARE = ((30, 34, 22, 14), (12, 24, 42, 22))  # on working days, on weekends
# 설날 and 추석 (the day itself; the cafe rests one day on each side), as announced by 한국천문연구원.
LUNAR_HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2024-02-10", "2024-09-17", "2025-01-29", "2025-10-06", "2026-02-17", "2026-09-25", "2027-02-07",
        "2027-09-15", "2028-01-27", "2028-10-03", "2029-02-13", "2029-09-22", "2030-02-03", "2030-09-12",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Calendar:
    """The days of the shop up to `moment`, the demo's present (aware UTC)."""

    moment: datetime

    @property
    def today(self) -> date:
        """The Korean day of the present moment."""
        return kst_day(self.moment)

    @property
    def first_day(self) -> date:
        """The day the shop began to stamp."""
        return self.today - timedelta(days=HISTORY_DAYS)

    def is_open(self, day: date) -> bool:
        """Say whether the shop is open that day; today always, so that a demo has someone to greet."""
        if day == self.today:
            return True
        second_monday = day.weekday() == 0 and 8 <= day.day <= 14
        summer = day.month == 8 and day.day in (5, 6, 7)
        around = {day, day - timedelta(days=1), day + timedelta(days=1)}
        return not (second_monday or summer or around & LUNAR_HOLIDAYS)

    def next_open(self, day: date) -> date:
        """Return the day itself, or the first open one after it."""
        while not self.is_open(day):
            day += timedelta(days=1)
        return day

    def when_open(self, *, minutes_ago: int) -> datetime:
        """Return the moment so many minutes ago, or as long before the last closing when it was closed then."""
        at, day = self.moment - timedelta(minutes=minutes_ago), self.today
        while True:
            opened, closed = at_minute(day, OPENS), at_minute(day, CLOSES)
            if self.is_open(day) and opened <= at:
                return min(at, closed - timedelta(minutes=minutes_ago))
            day -= timedelta(days=1)


def at_minute(day: date, minute: float) -> datetime:
    """Return the aware UTC moment of `minute` after midnight on a Korean day."""
    return start_of_day(day) + timedelta(seconds=round(minute * 60))


def pick_rush(rng: Random, day: date) -> int:
    """Return which of the four rushes somebody comes in."""
    return rng.choices(range(4), RUSH_SHARE[day.weekday() >= 5])[0]


def pick_moment(rng: Random, day: date, rush: int) -> datetime:
    """Return a moment of a rush, within opening hours."""
    middle, spread = RUSHES[rush]
    drawn = rng.uniform(OPENS, CLOSES) if rng.random() < 0.14 else rng.gauss(middle, spread)
    minute = min(max(drawn, OPENS + 1 + rng.random() * 9), CLOSES - 12 - rng.random() * 9)
    return at_minute(day, minute)
