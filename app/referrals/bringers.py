"""Reads for the owner: who brings people, and who came by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from app.customers.models import Customer
from app.extensions import db
from app.referrals import rules
from app.referrals.models import Referral
from app.visits.models import Visit


@dataclass(frozen=True)
class Bringer:
    """Somebody who brings people, for the owner."""

    customer_id: int
    name: str
    came: int
    waiting: int
    refused: int
    companions: int


@dataclass(frozen=True)
class Brought:
    """One person somebody brought, for the owner. `why`: why nothing was given, or ""."""

    customer_id: int | None  # None: the person left
    name: str
    at: datetime
    came_at: datetime | None
    why: str


@dataclass(frozen=True)
class OfPerson:
    """Who brought a person, and whom they brought."""

    by_id: int | None
    by_name: str
    was_brought: bool
    brought: list[Brought]
    companions: int


_STANDS = Referral.visit_id.is_not(None)
_WAITS = Referral.visit_id.is_(None) & (Referral.refused == "")


def bringers(*, shop_id: int, limit: int = 100) -> list[Bringer]:
    """Return who brings people, the most first; who left is left out."""
    companions = (
        select(func.coalesce(func.sum(Visit.party_size - 1), 0))
        .where(
            Visit.shop_id == Referral.shop_id,
            Visit.customer_id == Referral.inviter_id,
            Visit.party_size > 1,
            Visit.reversed_at.is_(None),
        )
        .scalar_subquery()
    )
    came = func.count(case((_STANDS, 1)))
    waiting = func.count(case((_WAITS, 1)))
    rows = db.session.execute(
        select(
            Referral.inviter_id,
            Customer.name,
            came,
            waiting,
            func.count(case((Referral.refused != "", 1))),
            companions,
        )
        .join(Customer, (Customer.shop_id == Referral.shop_id) & (Customer.id == Referral.inviter_id))
        .where(Referral.shop_id == shop_id, Customer.erased_at.is_(None))
        .group_by(Referral.shop_id, Referral.inviter_id, Customer.name)
        .order_by(came.desc(), waiting.desc(), Referral.inviter_id)
        .limit(limit)
    )
    return [Bringer(*row) for row in rows]


@dataclass(frozen=True)
class Sums:
    """What bringing friends came to, in a shop."""

    came: int
    waiting: int
    refused: int


def sums(shop_id: int) -> Sums:
    """Return how many were brought in all."""
    row = db.session.execute(
        select(
            func.count(case((_STANDS, 1))),
            func.count(case((_WAITS, 1))),
            func.count(case((Referral.refused != "", 1))),
        ).where(Referral.shop_id == shop_id)
    ).one()
    return Sums(*row)


def of_person(*, shop_id: int, customer_id: int, limit: int = 20) -> OfPerson:
    """Return who brought a person, whom they brought (newest first), and how many came along with them."""
    by = db.session.execute(
        select(Customer.id, Customer.name, Customer.erased_at)
        .join(Referral, (Referral.shop_id == Customer.shop_id) & (Referral.inviter_id == Customer.id))
        .where(Referral.shop_id == shop_id, Referral.friend_id == customer_id, Referral.refused == "")
    ).one_or_none()
    rows = db.session.execute(
        select(
            Customer.id, Customer.name, Customer.erased_at, Referral.at, Referral.came_at, Referral.refused
        )
        .join(Customer, (Customer.shop_id == Referral.shop_id) & (Customer.id == Referral.friend_id))
        .where(Referral.shop_id == shop_id, Referral.inviter_id == customer_id)
        .order_by(Referral.id.desc())
        .limit(limit)
    )
    brought = [
        Brought(
            None if row.erased_at else row.id,
            row.name,
            row.at,
            row.came_at,
            rules.REASONS.get(row.refused, ""),
        )
        for row in rows
    ]
    companions = db.session.scalar(
        select(func.coalesce(func.sum(Visit.party_size - 1), 0)).where(
            Visit.shop_id == shop_id,
            Visit.customer_id == customer_id,
            Visit.party_size > 1,
            Visit.reversed_at.is_(None),
        )
    )
    here = by if by is not None and by.erased_at is None else None
    return OfPerson(
        here.id if here else None, here.name if here else "", by is not None, brought, int(companions or 0)
    )
