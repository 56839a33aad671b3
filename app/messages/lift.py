"""How many more came of those who were sent something, with the room that chance needs. Pure.

Shares: Newcombe's hybrid score interval (Statistics in Medicine 1998, 17:873, method 10), which keeps what it says for
the small side of nine to one; a plain normal interval covered 67–88 % of the time there. Money: Welch's, and only
where enough people bought on both sides (tests/rules/test_lift.py runs both a thousand times).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

# The 95th percentile of the normal curve: nine times of ten the truth lies within.
_Z = 1.6448536269514722
# Fewer people on a side, and nothing is said of it.
LEAST_PEOPLE = 30
# What people spend is so uneven that fewer buyers on the small side mislead: as many as are to be expected there, not
# as many as there happened to be, or chance would choose what is told. And where many visits have no amount, those
# that have one are not like the others.
LEAST_BUYERS = 30
LEAST_PRICED = 0.8


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison, summed."""

    people: int
    came: int
    buyers: int = 0
    visits: int = 0
    priced: int = 0
    won: float = 0.0
    won_squared: float = 0.0

    @property
    def per_100(self) -> int:
        """Return how many of a hundred came."""
        return round(100 * self.came / self.people) if self.people else 0


@dataclass(frozen=True, slots=True)
class Room:
    """A difference, and between which two numbers it lies nine times of ten. Per 100 people."""

    low: float
    high: float

    @property
    def is_more(self) -> bool:
        """Tell whether it surely is more."""
        return self.low > 0

    @property
    def is_less(self) -> bool:
        """Tell whether it surely is less."""
        return self.high < 0


def more_came(one: Side, other: Side) -> Room | None:
    """Return how many more of 100 came on the one side; None where there are too few people to say."""
    if min(one.people, other.people) < LEAST_PEOPLE:
        return None
    p, q = one.came / one.people, other.came / other.people
    low_p, high_p = _score(one.came, one.people)
    low_q, high_q = _score(other.came, other.people)
    low = p - q - sqrt((p - low_p) ** 2 + (high_q - q) ** 2)
    high = p - q + sqrt((high_p - p) ** 2 + (q - low_q) ** 2)
    return Room(100 * low, 100 * high)


def more_spent(one: Side, other: Side) -> Room | None:
    """Return how many won more 100 people of the one side spent; None where too few amounts are known."""
    fewer, everybody = min(one.people, other.people), one.people + other.people
    if fewer < LEAST_PEOPLE or fewer * (one.buyers + other.buyers) / everybody < LEAST_BUYERS:
        return None
    if one.priced + other.priced < LEAST_PRICED * (one.visits + other.visits):
        return None
    difference = one.won / one.people - other.won / other.people
    room = _Z * sqrt(_variance(one) / one.people + _variance(other) / other.people)
    return Room(100 * (difference - room), 100 * (difference + room))


def _variance(side: Side) -> float:
    mean = side.won / side.people
    return max(0.0, (side.won_squared - side.people * mean * mean) / (side.people - 1))


def _score(came: int, people: int) -> tuple[float, float]:
    """Return Wilson's score interval of a share."""
    share, z2 = came / people, _Z * _Z
    middle = share + z2 / (2 * people)
    half = _Z * sqrt(share * (1 - share) / people + z2 / (4 * people * people))
    return (middle - half) / (1 + z2 / people), (middle + half) / (1 + z2 / people)
