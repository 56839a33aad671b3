"""Reads about visits, shaped for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, func, select

from app.extensions import db
from app.visits.models import Product, Visit, VisitItem
from app.visits.rules import BY_HAND


@dataclass(frozen=True)
class VisitLine:
    """One visit with what was bought. `amount` in won, None when nobody typed it."""

    at: datetime
    channel: str
    amount: int | None
    items: list[str]
    reversed: bool
    id: int = 0


def visits_of(*, shop_id: int, customer_id: int, limit: int = 1000) -> list[VisitLine]:
    """Return a person's visits, newest first."""
    visits = db.session.execute(
        select(Visit.id, Visit.at, Visit.channel, Visit.amount, Visit.reversed_at)
        .where(Visit.shop_id == shop_id, Visit.customer_id == customer_id)
        .order_by(Visit.at.desc(), Visit.id.desc())
        .limit(limit)
    ).all()
    bought: dict[int, list[str]] = {}
    lines = db.session.execute(
        select(VisitItem.visit_id, Product.name, VisitItem.quantity)
        .join(Product, (Product.shop_id == VisitItem.shop_id) & (Product.id == VisitItem.product_id))
        .join(Visit, (Visit.shop_id == VisitItem.shop_id) & (Visit.id == VisitItem.visit_id))
        .where(Visit.shop_id == shop_id, Visit.customer_id == customer_id)
        .order_by(VisitItem.id)
    )
    for visit_id, name, quantity in lines:
        bought.setdefault(visit_id, []).append(f"{name} {quantity}")
    return [
        VisitLine(
            row.at, row.channel, row.amount, bought.get(row.id, []), row.reversed_at is not None, row.id
        )
        for row in visits
    ]


def written_by_hand(*, shop_id: int, customer_id: int, since: datetime) -> list[VisitLine]:
    """Return the purchases of somebody that staff wrote down since a moment, newest first; those may be crossed out."""
    theirs = set(
        db.session.scalars(
            select(Visit.id).where(
                Visit.shop_id == shop_id,
                Visit.customer_id == customer_id,
                Visit.at >= since,
                Visit.channel == "shop",
                Visit.source_key.startswith(BY_HAND),
                Visit.reversed_at.is_(None),
            )
        )
    )
    if not theirs:
        return []
    lines = visits_of(shop_id=shop_id, customer_id=customer_id, limit=20)
    return [line for line in lines if line.id in theirs]


@dataclass(frozen=True)
class Latest:
    """A person's newest visit. `amount` in won, None where nobody put one on it; `party`: how many came together."""

    id: int
    at: datetime
    amount: int | None
    party: int


@dataclass(frozen=True)
class Lately:
    """A person's last visits: when, newest first, and what was bought most in them (product, pieces)."""

    visited: list[datetime]
    favourites: list[tuple[str, int]]
    latest: Latest | None


# Asked with every stamp: built once.
_CAME = (
    select(
        Visit.id,
        Visit.at,
        Visit.amount,
        Visit.party_size,
        select(VisitItem.id)
        .where(VisitItem.shop_id == Visit.shop_id, VisitItem.visit_id == Visit.id)
        .exists()
        .label("has_items"),
    )
    .where(
        Visit.shop_id == bindparam("shop"),
        Visit.customer_id == bindparam("customer"),
        Visit.reversed_at.is_(None),
    )
    .order_by(Visit.at.desc(), Visit.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_PIECES = func.sum(VisitItem.quantity)
# By the visits' ids and not by a join: the planner would otherwise read every item of the shop.
_BOUGHT = (
    select(Product.name, _PIECES)
    .select_from(VisitItem)
    .join(Product, (Product.shop_id == VisitItem.shop_id) & (Product.id == VisitItem.product_id))
    .where(
        VisitItem.shop_id == bindparam("shop"), VisitItem.visit_id.in_(bindparam("visits", expanding=True))
    )
    .group_by(Product.name)
    .order_by(_PIECES.desc(), Product.name)
    .limit(2)
)


def lately(*, shop_id: int, customer_id: int, limit: int = 20) -> Lately:
    """Return a person's last visits, as far as a rhythm and a habit need; what was bought is asked where it is known."""
    came = db.session.execute(_CAME, {"shop": shop_id, "customer": customer_id, "most": limit}).all()
    visits = [row.id for row in came if row.has_items]
    bought = db.session.execute(_BOUGHT, {"shop": shop_id, "visits": visits}) if visits else ()
    newest = came[0] if came else None
    latest = Latest(newest.id, newest.at, newest.amount, newest.party_size) if newest else None
    return Lately([row.at for row in came], [(name, int(count)) for name, count in bought], latest)


@dataclass(frozen=True)
class Came:
    """One visit of somebody."""

    id: int
    at: datetime


def last_of_many(*, shop_id: int, customer_ids: list[int], most: int) -> dict[int, list[Came]]:
    """Return the last `most` visits of several people by one query, newest first."""
    place = func.row_number().over(
        partition_by=Visit.customer_id, order_by=(Visit.at.desc(), Visit.id.desc())
    )
    ranked = (
        select(Visit.customer_id, Visit.id, Visit.at, place.label("place"))
        .where(Visit.shop_id == shop_id, Visit.customer_id.in_(customer_ids), Visit.reversed_at.is_(None))
        .subquery()
    )
    found: dict[int, list[Came]] = {}
    rows = db.session.execute(
        select(ranked.c.customer_id, ranked.c.id, ranked.c.at)
        .where(ranked.c.place <= most)
        .order_by(ranked.c.customer_id, ranked.c.place)
    )
    for customer_id, visit_id, at in rows:
        found.setdefault(customer_id, []).append(Came(visit_id, at))
    return found


def recent_of_many(*, shop_id: int, customer_ids: list[int], since: datetime) -> dict[int, list[datetime]]:
    """Return the same for several people by one query."""
    found: dict[int, list[datetime]] = {}
    rows = db.session.execute(
        select(Visit.customer_id, Visit.at)
        .where(
            Visit.shop_id == shop_id,
            Visit.customer_id.in_(customer_ids),
            Visit.at >= since,
            Visit.reversed_at.is_(None),
        )
        .order_by(Visit.at.desc())
    )
    for customer_id, at in rows:
        found.setdefault(customer_id, []).append(at)
    return found


def spent_of_many(
    *, shop_id: int, customer_ids: list[int], since: datetime, until: datetime
) -> dict[int, list[tuple[datetime, int | None]]]:
    """Return when several people came after `since`, up to `until`, with what they spent in won (None: not known)."""
    found: dict[int, list[tuple[datetime, int | None]]] = {}
    rows = db.session.execute(
        select(Visit.customer_id, Visit.at, Visit.amount).where(
            Visit.shop_id == shop_id,
            Visit.customer_id.in_(customer_ids),
            Visit.at > since,
            Visit.at <= until,
            Visit.reversed_at.is_(None),
        )
    )
    for customer_id, at, amount in rows:
        found.setdefault(customer_id, []).append((at, amount))
    return found
