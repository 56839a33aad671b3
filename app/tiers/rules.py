"""Who stands in which tier, and which boost counts. Pure: days and moments come in, nothing is looked up.

A tier is reached by visits or by won inside a rolling period, or of all time. It is reached at once and
lost late: told first, kept for the days of grace, or never lost at all.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

PERIODS = (3, 6, 12, 24, 0)  # months; 0 = all time
GRACES = (0, 14, 30, 60, 90)  # days
PERCENTS = (100, 150, 200, 300)  # of stamps and points
MOST_LEVELS = 5
FEWEST_LEVELS = 2


@dataclass(frozen=True)
class Policy:
    """How tiers are reached (`measure`: visits | spend) and lost (`downgrade`: never | grace, in days)."""

    measure: str = "visits"
    months: int = 12
    downgrade: str = "grace"
    grace_days: int = 30


@dataclass(frozen=True)
class Level:
    """A tier as the rules see it: `least` visits or won from which it begins. `id` 0 = not saved yet."""

    id: int
    name: str
    least: int


@dataclass(frozen=True)
class Stands:
    """Where a person stands: the level's id or None, and until when it is kept although it is not earned."""

    tier_id: int | None = None
    grace_until: datetime | None = None


@dataclass(frozen=True)
class Move:
    """What has to change. `kind`: up | down | grace (told, kept until then) | held (earned again in time)."""

    kind: str
    tier_id: int | None
    grace_until: datetime | None = None


def first_day(today: date, months: int) -> date | None:
    """Return the first Korean day that counts for a rolling period ending today; None for all time.

    The period begins on the day after today's number of so many months ago: twelve months before 26 November
    end on 26 November, so 27 November counts. Where that month has no such day, its last one stands for it.
    """
    if months == 0:
        return None
    place = today.year * 12 + today.month - 1 - months
    year, month = place // 12, place % 12 + 1
    day = min(today.day, calendar.monthrange(year, month)[1])
    return date(year, month, day) + timedelta(days=1)


def reached(levels: Iterable[Level], amount: int) -> Level | None:
    """Return the highest level that so many visits, or won, reach."""
    return max(
        (level for level in levels if level.least <= amount), key=lambda level: level.least, default=None
    )


def rank(levels: Iterable[Level], tier_id: int | None) -> int:
    """Return where a level begins, -1 for none and for one that is no more: higher is better."""
    return next((level.least for level in levels if level.id == tier_id), -1)


def judge(
    *, policy: Policy, levels: Sequence[Level], stands: Stands, amount: int, now: datetime
) -> Move | None:
    """Say what has to change for a person with so many visits or won in the period, or None.

    The same at a visit and at night, and once it was done there is nothing more to do.
    """
    earned = reached(levels, amount)
    to = earned.id if earned else None
    here, there = rank(levels, stands.tier_id), rank(levels, to)
    if there > here:
        return Move("up", to)
    if there == here:
        return Move("held", stands.tier_id) if stands.grace_until else None
    if policy.downgrade == "never":
        return Move("held", stands.tier_id) if stands.grace_until else None
    if policy.grace_days == 0 or (stands.grace_until is not None and stands.grace_until <= now):
        return Move("down", to)
    if stands.grace_until is None:
        return Move("grace", stands.tier_id, now + timedelta(days=policy.grace_days))
    return None


@dataclass(frozen=True)
class Shift:
    """So many people would go from one level's place to another's; a place counts from 0 = no tier."""

    before: int
    after: int
    people: int


@dataclass(frozen=True)
class BoostRule:
    """When stamps and points count more, for whom. `least` None = everybody, else from this level on.

    `weekdays`: "0" Monday … "6" Sunday, "" every day. Minutes after midnight in Korea, the last not included;
    both days are included.
    """

    name: str
    percent: int
    least: int | None = None
    weekdays: str = ""
    from_minute: int = 0
    to_minute: int = 1440
    from_day: date | None = None
    to_day: date | None = None


@dataclass(frozen=True)
class Worth:
    """What one stamping is worth: percent of the usual, stamps, and why it is more ("" when it is not)."""

    percent: int = 100
    why: str = ""

    @property
    def stamps(self) -> int:
        """Whole stamps: one and a half times one stamp is one."""
        return max(1, self.percent // 100)


AS_USUAL = Worth()


def holds(boost: BoostRule, *, local: datetime, least: int | None) -> bool:
    """Say whether a boost holds at this local moment for somebody whose level begins at `least` (None = no tier)."""
    minute, day = local.hour * 60 + local.minute, local.date()
    return (
        (not boost.weekdays or str(day.weekday()) in boost.weekdays)
        and boost.from_minute <= minute < boost.to_minute
        and (boost.from_day is None or boost.from_day <= day)
        and (boost.to_day is None or day <= boost.to_day)
        and (boost.least is None or (least is not None and least >= boost.least))
    )


def best(
    boosts: Iterable[BoostRule],
    *,
    local: datetime,
    least: int | None = None,
    own_percent: int = 100,
    own_name: str = "",
) -> Worth:
    """Return the one best that counts: boosts are never multiplied with each other or with a tier's own.

    Of two that are the same the tier's own is named, then the first.
    """
    found = Worth(own_percent, f"{own_name} 등급") if own_percent > 100 else AS_USUAL
    for boost in boosts:
        if boost.percent > found.percent and holds(boost, local=local, least=least):
            found = Worth(boost.percent, boost.name)
    return found
