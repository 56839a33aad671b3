"""Reads about receipts of a till: which visits are still without one, and what the owner is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from app.customers.models import Customer
from app.extensions import db
from app.visits import receipt_rules
from app.visits.import_models import Receipt
from app.visits.models import Visit


def free_visits(*, shop_id: int, first: datetime, last: datetime) -> Select[int, datetime, int | None]:
    """Return the statement that reads (id, at, amount) of visits at the counter that have no receipt yet."""
    taken = select(Receipt.id).where(Receipt.shop_id == shop_id, Receipt.visit_id == Visit.id).exists()
    return select(Visit.id, Visit.at, Visit.amount).where(
        Visit.shop_id == shop_id,
        Visit.channel == "shop",
        Visit.at.between(first, last),
        Visit.reversed_at.is_(None),
        ~taken,
    )


@dataclass(frozen=True)
class Question:
    """A receipt with the visits it may be of: (visit_id, when, amount, name)."""

    id: int
    at: datetime
    amount: int
    visits: list[tuple[int, datetime, int | None, str]]


def questions(shop_id: int, *, limit: int = 20) -> list[Question]:
    """Return receipts that fit more than one visit, or a visit that fits more than one; the newest first."""
    rows = db.session.execute(
        select(Receipt.id, Receipt.at, Receipt.amount)
        .where(Receipt.shop_id == shop_id, Receipt.state == "asked")
        .order_by(Receipt.at.desc(), Receipt.id.desc())
        .limit(limit)
    ).all()
    if not rows:
        return []
    near = receipt_rules.AROUND
    span = free_visits(
        shop_id=shop_id, first=min(r.at for r in rows) - near, last=max(r.at for r in rows) + near
    )
    known = span.add_columns(Customer.name).join(
        Customer, (Customer.shop_id == Visit.shop_id) & (Customer.id == Visit.customer_id)
    )
    visits = {row.id: (row.id, row.at, row.amount, row.name) for row in db.session.execute(known)}
    pairs = receipt_rules.fitting(
        [(row.id, row.at, row.amount) for row in rows],
        [(each[0], each[1], each[2]) for each in visits.values()],
    )
    return [
        Question(row.id, row.at, row.amount, [visits[one] for one in pairs.get(row.id, [])]) for row in rows
    ]


def asked_count(shop_id: int) -> int:
    """Return how many receipts wait for the owner's word."""
    count = select(func.count(Receipt.id)).where(Receipt.shop_id == shop_id, Receipt.state == "asked")
    return int(db.session.scalar(count) or 0)


def sums_of(shop_id: int, import_id: int) -> dict[str, int]:
    """Return how many receipts of a file are in which state."""
    rows = db.session.execute(
        select(Receipt.state, func.count(Receipt.id))
        .where(Receipt.shop_id == shop_id, Receipt.import_id == import_id)
        .group_by(Receipt.state)
    )
    return {row[0]: row[1] for row in rows}
