"""What is known of a month, and what is told of it: plain values. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

# No visit lies before the days that moments are reckoned from (korean_days.py).
_EARLIEST = date(1970, 1, 1)


@dataclass(frozen=True)
class DaySums:
    """The sums of one Korean day; sales in won."""

    day: date
    visits: int = 0
    returning: int = 0
    new_customers: int = 0
    sales: int = 0
    priced: int = 0
    rewards_used: int = 0
    coupons_used: int = 0


@dataclass(frozen=True)
class Sold:
    """A product in a month."""

    product_id: int
    name: str
    pieces: int
    won: int
    visits: int


@dataclass(frozen=True)
class Pair:
    """Two products: visits with each of them, and with both."""

    one: str
    other: str
    ones: int
    others: int
    both: int


@dataclass(frozen=True)
class Moved:
    """How many moved between the groups in one way, in a sentence, and in the few words of a table."""

    name: str
    people: int
    sentence: str
    short: str


@dataclass(frozen=True)
class Facts:
    """What is known of a month. Everything but `days` is as it was at `counted_at`, None: not counted yet."""

    month: date
    is_present: bool
    today: date
    days: Sequence[DaySums] = ()  # of this month and of the one before
    counted_at: datetime | None = None
    people: int = 0
    by_won: bool = False
    fifth: tuple[int, int, int] = (0, 0, 0)  # people, visits, won
    hours: dict[tuple[int, int], int] = field(default_factory=dict)
    cohorts: dict[tuple[date, date], tuple[int, int]] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    products: Sequence[Sold] = ()
    pairs: Sequence[Pair] = ()
    baskets: int = 0  # of the months that `pairs` is of
    coupons_issued: int = 0
    tiers: Sequence[tuple[str, int]] = ()
    moves: Sequence[Moved] | None = None  # of the last thirty days; None: of another month, or not known yet

    @property
    def own_days(self) -> list[DaySums]:
        """The month's own days."""
        return [each for each in self.days if each.day >= self.month]


@dataclass(frozen=True)
class Section:
    """One thing about a month. `chart`: rows | heat | "" none; `points` what it draws, `now` the one to stress."""

    key: str
    name: str
    words: str
    note: str = ""
    numbers: Sequence[tuple[str, str]] = ()
    chart: str = ""
    points: Sequence[tuple[str, int]] = ()
    now: int = -1
    unit: str = ""
    head: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    heat: dict[tuple[int, int], int] = field(default_factory=dict)


def read_month(text: str, *, today: date) -> date:
    """Return the first day of "2026-11"; the present month for anything else, and where nobody can have come yet."""
    this = today.replace(day=1)
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this
    return found if _EARLIEST <= found <= this else this


def summed(days: Sequence[DaySums], what: str) -> int:
    """Return a sum of several days."""
    return sum(getattr(each, what) for each in days)


def percent(part: int, whole: int) -> int:
    """Return a share in whole percent, 0 of nothing."""
    return round(100 * part / whole) if whole else 0
