"""Reads about what people were given: a list with its marks, one person's 덤, what they may still get."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.customers.models import Customer
from app.extensions import db
from app.kit.columns import UtcDateTime
from app.shops.models import Staff
from app.tiers.models import Gift, GiftGiven, Tier, TierStanding
from app.tiers.queries import BEGINNING

_NEEDED = aliased(Tier)  # the tier from which a list is for somebody


@dataclass(frozen=True)
class GiftLine:
    """One list: for whom, how many are on it, how many got it."""

    id: int
    name: str
    tier: str
    people: int
    given: int


@dataclass(frozen=True)
class OnList:
    """Somebody on a list. `given_id`: the mark, None while they wait; `staff`: who handed it over."""

    customer_id: int
    name: str
    tier: str
    given_id: int | None
    at: datetime | None
    staff: str


@dataclass(frozen=True)
class OnListPage:
    """Some of a list; `after` asks for the next ones."""

    lines: list[OnList]
    after: int | None


@dataclass(frozen=True)
class GivenLine:
    """Something one person was given. `staff`: who handed it over; `undone`: the mark was taken back."""

    id: int
    what: str
    at: datetime
    staff: str
    undone: bool


_MARK = (
    (GiftGiven.shop_id == Gift.shop_id)
    & (GiftGiven.gift_id == Gift.id)
    & (GiftGiven.customer_id == Customer.id)
    & GiftGiven.reversed_at.is_(None)
)


def _on_lists(*columns: Any) -> Any:
    """Return the query over everybody on lists: who stands high enough now, or has got it already."""
    return (
        select(*columns)
        .select_from(Gift)
        .join(_NEEDED, (_NEEDED.shop_id == Gift.shop_id) & (_NEEDED.id == Gift.tier_id))
        .join(Customer, and_(Customer.shop_id == Gift.shop_id, Customer.erased_at.is_(None)))
        .outerjoin(
            TierStanding,
            (TierStanding.shop_id == Customer.shop_id) & (TierStanding.customer_id == Customer.id),
        )
        .outerjoin(Tier, (Tier.shop_id == TierStanding.shop_id) & (Tier.id == TierStanding.tier_id))
        .outerjoin(GiftGiven, _MARK)
        .where(
            Gift.ended_at.is_(None),
            or_(and_(Tier.ended_at.is_(None), Tier.least >= _NEEDED.least), GiftGiven.id.is_not(None)),
        )
    )


def lists_of(shop_id: int) -> list[GiftLine]:
    """Return a shop's open lists with their counts, the newest first."""
    rows = db.session.execute(
        select(Gift.id, Gift.name, _NEEDED.name)
        .join(_NEEDED, (_NEEDED.shop_id == Gift.shop_id) & (_NEEDED.id == Gift.tier_id))
        .where(Gift.shop_id == shop_id, Gift.ended_at.is_(None))
        .order_by(Gift.id.desc())
    ).all()
    counts = {
        gift_id: (people, given)
        for gift_id, people, given in db.session.execute(
            _on_lists(Gift.id, func.count(Customer.id), func.count(GiftGiven.id))
            .where(Gift.shop_id == shop_id)
            .group_by(Gift.id)
        )
    }
    return [GiftLine(*row, *counts.get(row[0], (0, 0))) for row in rows]


def list_of(*, shop_id: int, gift_id: int) -> GiftLine | None:
    """Return one open list with its counts."""
    return next((line for line in lists_of(shop_id) if line.id == gift_id), None)


def people_on(
    *, shop_id: int, gift_id: int, waiting: bool, after: int | None = None, limit: int = 50
) -> OnListPage:
    """Return who is on a list and still waits, or who got it."""
    rows = db.session.execute(
        _on_lists(
            Customer.id,
            Customer.name,
            func.coalesce(Tier.name, ""),
            GiftGiven.id,
            GiftGiven.at,
            func.coalesce(Staff.name, ""),
        )
        .outerjoin(Staff, (Staff.shop_id == GiftGiven.shop_id) & (Staff.id == GiftGiven.staff_id))
        .where(
            Gift.shop_id == shop_id,
            Gift.id == gift_id,
            Customer.id > (after or 0),
            GiftGiven.id.is_(None) if waiting else GiftGiven.id.is_not(None),
        )
        .order_by(Customer.id)
        .limit(limit + 1)
    ).all()
    lines = [OnList(*row) for row in rows[:limit]]
    return OnListPage(lines, lines[-1].customer_id if len(rows) > limit else None)


@dataclass(frozen=True)
class Waiting:
    """A list on which a person is who has not got it yet."""

    gift_id: int
    name: str


# The counter asks these with every stamp where tiers are on: built once.
_WAITING = (
    _on_lists(Gift.id, Gift.name)
    .where(Gift.shop_id == bindparam("shop"), Customer.id == bindparam("customer"), GiftGiven.id.is_(None))
    .order_by(Gift.id)
)
_GIVEN = (
    select(
        GiftGiven.id,
        GiftGiven.what,
        GiftGiven.at,
        func.coalesce(Staff.name, ""),
        GiftGiven.reversed_at.is_not(None),
    )
    .outerjoin(Staff, (Staff.shop_id == GiftGiven.shop_id) & (Staff.id == GiftGiven.staff_id))
    .where(
        GiftGiven.shop_id == bindparam("shop"),
        GiftGiven.customer_id == bindparam("customer"),
        GiftGiven.at >= bindparam("since", type_=UtcDateTime()),
    )
    .order_by(GiftGiven.at.desc(), GiftGiven.id.desc())
    .limit(bindparam("most", type_=Integer))
)


def waiting_for(*, shop_id: int, customer_id: int) -> list[Waiting]:
    """Return what a person may still get from the shop's open lists."""
    rows = db.session.execute(_WAITING, {"shop": shop_id, "customer": customer_id})
    return [Waiting(*row) for row in rows]


def given_to(
    *, shop_id: int, customer_id: int, since: datetime | None = None, limit: int = 20
) -> list[GivenLine]:
    """Return what a person was given, newest first."""
    facts = {"shop": shop_id, "customer": customer_id, "since": since or BEGINNING, "most": limit}
    return [GivenLine(*row[:4], undone=bool(row[4])) for row in db.session.execute(_GIVEN, facts)]
