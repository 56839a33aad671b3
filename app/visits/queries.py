"""Reads about visits, shaped for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

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
