"""Reads about visits, shaped for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.extensions import db
from app.visits.models import Product, Visit, VisitItem


@dataclass(frozen=True)
class VisitLine:
    """One visit with what was bought. `amount` in won, None when nobody typed it."""

    at: datetime
    channel: str
    amount: int | None
    items: list[str]
    reversed: bool


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
        VisitLine(row.at, row.channel, row.amount, bought.get(row.id, []), row.reversed_at is not None)
        for row in visits
    ]


def recent(*, shop_id: int, customer_id: int, limit: int = 8) -> list[datetime]:
    """Return when a person was here, newest first, as far as a rhythm needs."""
    return list(
        db.session.scalars(
            select(Visit.at)
            .where(Visit.shop_id == shop_id, Visit.customer_id == customer_id, Visit.reversed_at.is_(None))
            .order_by(Visit.at.desc())
            .limit(limit)
        )
    )


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


def favourites(
    *, shop_id: int, customer_id: int, now: datetime, days: int = 180, limit: int = 2
) -> list[tuple[str, int]]:
    """Return what a person bought most lately: (product, pieces)."""
    pieces = func.sum(VisitItem.quantity)
    rows = db.session.execute(
        select(Product.name, pieces)
        .select_from(Visit)
        .join(VisitItem, (VisitItem.shop_id == Visit.shop_id) & (VisitItem.visit_id == Visit.id))
        .join(Product, (Product.shop_id == VisitItem.shop_id) & (Product.id == VisitItem.product_id))
        .where(
            Visit.shop_id == shop_id,
            Visit.customer_id == customer_id,
            Visit.at > now - timedelta(days=days),
            Visit.reversed_at.is_(None),
        )
        .group_by(Product.name)
        .order_by(pieces.desc(), Product.name)
        .limit(limit)
    )
    return [(name, int(count)) for name, count in rows]
