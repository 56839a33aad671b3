"""What a card has beyond its stamps: reads of stages and points, what ends when, and the sums behind its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select

from app.cards.models import Card, CardRule, LedgerEntry, Lot
from app.cards.promises import Stage, stages_of
from app.extensions import db
from app.kit.columns import UtcDateTime


@dataclass(frozen=True)
class Extras:
    """What a card has beyond its stamps. `expires_at`: when the nearest of it ends, None = never."""

    goal: int
    stages: list[list[Any]]
    point_permille: int
    point_visit: int
    point_least: int
    points: int
    expires_at: datetime | None

    @property
    def has_points(self) -> bool:
        """Whether points are earned with this card, or are still on it."""
        return bool(self.points or self.point_permille or self.point_visit)

    @property
    def stage_list(self) -> list[Stage]:
        """The rewards on the way, the nearest first."""
        return stages_of(self)


# The columns of Extras, in its order.
EXTRAS = (
    CardRule.goal,
    CardRule.stages,
    CardRule.point_permille,
    CardRule.point_visit,
    CardRule.point_least,
    Card.points,
    Card.expires_at,
)


@dataclass(frozen=True)
class Ending:
    """What of a card ends at one moment."""

    at: datetime
    stamps: int
    points: int


_AT = select(
    func.coalesce(func.sum(case((Lot.unit == "stamp", Lot.remaining), else_=0)), 0),
    func.coalesce(func.sum(case((Lot.unit == "point", Lot.remaining), else_=0)), 0),
).where(
    Lot.shop_id == bindparam("shop"),
    Lot.card_id == bindparam("card"),
    Lot.remaining > 0,
    Lot.expires_at == bindparam("at", type_=UtcDateTime()),
)


def nearest(*, shop_id: int, card_id: int, at: datetime | None) -> Ending | None:
    """Return what ends at `at`, the nearest end that the card knows; asks nothing for a card on which nothing ends."""
    if at is None:
        return None
    row = db.session.execute(_AT, {"shop": shop_id, "card": card_id, "at": at}).one()
    return Ending(at, int(row[0]), int(row[1]))


@dataclass(frozen=True)
class Sum:
    """All lines of one meaning added up."""

    what: str  # earn | fill | redeem | expire | adjust | migrate | undone
    stamps: int
    points: int


def sums(*, shop_id: int, card_id: int) -> list[Sum]:
    """Return what a card's numbers are made of: they add up to its balance and its points.

    A line that was turned around and its reversal are "undone" together where they took something from the
    customer, and cancel out where they gave it back.
    """
    back = LedgerEntry.__table__.alias("back")
    what = case(
        (LedgerEntry.kind != "reverse", LedgerEntry.kind),
        (back.c.kind.in_(("fill", "redeem")), back.c.kind),
        else_="undone",
    )
    rows = db.session.execute(
        select(what, func.sum(LedgerEntry.delta), func.sum(LedgerEntry.points))
        .outerjoin(back, (back.c.shop_id == LedgerEntry.shop_id) & (back.c.id == LedgerEntry.reverses_id))
        .where(LedgerEntry.shop_id == shop_id, LedgerEntry.card_id == card_id, LedgerEntry.kind != "refuse")
        .group_by(what)
    )
    return [Sum(row[0], int(row[1]), int(row[2])) for row in rows]
