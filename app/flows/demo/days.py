"""When a demo shop is open and when people come: weekdays, rushes, closures, the days before a 명절."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from app.flows.demo.description import LUNAR_HOLIDAYS, Description
from app.kit.clock import kst_day, start_of_day


@dataclass(frozen=True)
class Calendar:
    """The days of a shop up to `moment`, the demo's present (aware UTC)."""

    shop: Description
    moment: datetime

    @property
    def today(self) -> date:
        """The Korean day of the present moment."""
        return kst_day(self.moment)

    @property
    def first_day(self) -> date:
        """The day the shop began to stamp."""
        return self.today - timedelta(days=self.shop.history_days)

    def is_open(self, day: date) -> bool:
        """Say whether the shop is open that day; today always, and before it opens yesterday too.

        A demo has someone to greet and something to send, whatever day it is.
        """
        if day == self.today or (day == self.today - timedelta(days=1) and self._is_early):
            return True
        around = {day, day - timedelta(days=1), day + timedelta(days=1)}
        return not (self.shop.rests(day) or around & LUNAR_HOLIDAYS)

    @property
    def _is_early(self) -> bool:
        return self.moment < at_minute(self.today, self.shop.opens)

    def next_open(self, day: date) -> date:
        """Return the day itself, or the first open one after it."""
        while not self.is_open(day):
            day += timedelta(days=1)
        return day

    def feast_eves(self) -> list[list[date]]:
        """Return, for each 명절 since the shop began, the open days among the five before it."""
        eves = []
        for feast in sorted(LUNAR_HOLIDAYS):
            days = [feast - timedelta(days=ahead) for ahead in range(5, 1, -1)]
            days = [day for day in days if self.first_day <= day < self.today and self.is_open(day)]
            if days:
                eves.append(days)
        return eves

    def when_open(self, *, minutes_ago: int) -> datetime:
        """Return the moment so many minutes ago, or as long before the last closing when it was closed then."""
        at, day = self.moment - timedelta(minutes=minutes_ago), self.today
        while True:
            opened, closed = at_minute(day, self.shop.opens), at_minute(day, self.shop.closes)
            if self.is_open(day) and opened <= at:
                return min(at, closed - timedelta(minutes=minutes_ago))
            day -= timedelta(days=1)


def at_minute(day: date, minute: float) -> datetime:
    """Return the aware UTC moment of `minute` after midnight on a Korean day."""
    return start_of_day(day) + timedelta(seconds=round(minute * 60))


def pick_rush(rng: Random, shop: Description, day: date) -> int:
    """Return which of the four rushes somebody comes in."""
    return rng.choices(range(4), shop.rush_shares[day.weekday() >= 5])[0]


def pick_moment(rng: Random, shop: Description, day: date, rush: int) -> datetime:
    """Return a moment of a rush, within opening hours."""
    middle, spread = shop.rushes[rush]
    drawn = rng.uniform(shop.opens, shop.closes) if rng.random() < 0.14 else rng.gauss(middle, spread)
    minute = min(max(drawn, shop.opens + 1 + rng.random() * 9), shop.closes - 12 - rng.random() * 9)
    return at_minute(day, minute)
