"""What a card has beyond its stamps: reads of stages and points, what ends when, and the sums behind its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select

from app.cards.history import cards_in, undone
from app.cards.models import Card, CardRule, LedgerEntry, Lot, Redemption, Reward
from app.cards.promises import CleanRule, Stage, stages_of
from app.customers.models import Customer
from app.extensions import db
from app.kit.columns import UtcDateTime
from app.visits.models import Visit

# A reward handed over just before the first stamp of its visit: there was no visit yet to name.
_BEFORE = timedelta(hours=3)


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
    def may_spend(self) -> bool:
        """Whether there are enough points to spend some."""
        return self.points > 0 and self.points >= self.point_least

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


_STAMPS, _POINTS = (
    func.coalesce(func.sum(case((Lot.unit == unit, Lot.remaining), else_=0)), 0)
    for unit in ("stamp", "point")
)
_AT = select(_STAMPS, _POINTS).where(
    Lot.shop_id == bindparam("shop"),
    Lot.card_id == bindparam("card"),
    Lot.remaining > 0,
    Lot.expires_at == bindparam("at", type_=UtcDateTime()),
)
# What of a card ends next, stamps and points, as columns of a statement about the card.
ENDING = tuple(
    select(what)
    .where(
        Lot.shop_id == Card.shop_id,
        Lot.card_id == Card.id,
        Lot.remaining > 0,
        Lot.expires_at == Card.expires_at,
    )
    .correlate(Card)
    .scalar_subquery()
    for what in (_STAMPS, _POINTS)
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


def present_rule(shop_id: int) -> CleanRule | None:
    """Return what a new card of this shop promises, with all of it; None while the shop has no rule."""
    rule = db.session.scalar(
        select(CardRule)
        .where(CardRule.shop_id == shop_id, CardRule.ended_at.is_(None))
        .order_by(CardRule.id.desc())
        .limit(1)
    )
    return as_promised(rule) if rule is not None else None


def as_promised(rule: CardRule) -> CleanRule:
    """Return a rule's row as a value."""
    facts = {name: getattr(rule, name) for name in CleanRule.__dataclass_fields__}
    return CleanRule(**facts | {"stages": tuple(stages_of(rule))})


@dataclass(frozen=True)
class Purchase:
    """What a visit moved on its card, for whoever is about to refund it."""

    customer_id: int
    name: str
    at: datetime
    amount: int | None
    refunded: bool
    balance: int  # on the card now
    points_now: int
    stamps: int  # that it earned and still stand
    points: int
    used: list[str]  # rewards that were used at it
    spent: int  # points that were

    @property
    def balance_after(self) -> int:
        """Stamps on the card after the refund, before a waiting reward is turned back into stamps."""
        return self.balance - self.stamps

    @property
    def points_after(self) -> int:
        """Points on the card after the refund."""
        return self.points_now - self.points + self.spent


def at_visit(visit_id: Any, at: Any, visit: Visit, *, whose: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a use belongs to a visit: it names it, or is its person's just before the first stamp.

    `whose`: the condition that a use is that person's.
    """
    before = and_(visit_id.is_(None), whose, at > visit.at - _BEFORE, at <= visit.at)
    return or_(visit_id == visit.id, before)


def on_cards_of(visit: Visit) -> ColumnElement[bool]:
    """Return the condition that a line stands on the card of a visit's person, or on one that went into it.

    The visit goes along when two cards become one; the lines stay where they were written.
    """
    mine = (Card.shop_id == visit.shop_id, Card.customer_id == visit.customer_id, Card.closed_at.is_(None))
    card_id = db.session.scalar(select(Card.id).where(*mine))
    found = [] if card_id is None else [card_id, *cards_in(shop_id=visit.shop_id, card_id=card_id)]
    return LedgerEntry.card_id.in_(found)


def purchase(*, shop_id: int, visit_id: int) -> Purchase | None:
    """Return what a visit earned and what was used at it; None for another shop's, or where the card is gone."""
    row = db.session.execute(
        select(Visit, Customer.name, Card.balance, Card.points)
        .join(Customer, (Customer.shop_id == Visit.shop_id) & (Customer.id == Visit.customer_id))
        .join(
            Card,
            and_(
                Card.shop_id == Visit.shop_id,
                Card.customer_id == Visit.customer_id,
                Card.closed_at.is_(None),
            ),
        )
        .where(Visit.shop_id == shop_id, Visit.id == visit_id)
    ).one_or_none()
    if row is None:
        return None
    visit: Visit = row[0]
    stamps, points = db.session.execute(
        select(
            func.coalesce(func.sum(LedgerEntry.delta), 0), func.coalesce(func.sum(LedgerEntry.points), 0)
        ).where(
            LedgerEntry.shop_id == shop_id,
            LedgerEntry.visit_id == visit_id,
            LedgerEntry.kind.in_(("earn", "adjust")),  # of an amount that was typed in later too
            ~undone(),
        )
    ).one()
    used = db.session.scalars(
        select(Reward.name)
        .join(Redemption, (Redemption.shop_id == Reward.shop_id) & (Redemption.reward_id == Reward.id))
        .where(
            Reward.shop_id == shop_id,
            Redemption.reversed_at.is_(None),
            at_visit(
                Redemption.visit_id, Redemption.at, visit, whose=Reward.customer_id == visit.customer_id
            ),
        )
        .order_by(Redemption.id)
    )
    spent = db.session.scalar(
        select(func.coalesce(func.sum(LedgerEntry.points), 0)).where(
            LedgerEntry.shop_id == shop_id,
            LedgerEntry.kind == "redeem",
            ~undone(),
            at_visit(LedgerEntry.visit_id, LedgerEntry.at, visit, whose=on_cards_of(visit)),
        )
    )
    return Purchase(
        visit.customer_id,
        row.name,
        visit.at,
        visit.amount,
        visit.reversed_at is not None,
        row.balance,
        row.points,
        int(stamps),
        int(points),
        list(used),
        -int(spent or 0),
    )
