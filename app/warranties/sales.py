"""Reads about purchases for which certificates may be given: somebody's last ones, and those that a file brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.customers.models import Customer
from app.extensions import db
from app.kit.among import among
from app.visits.models import Product, Visit, VisitItem
from app.warranties.models import Warranty

_LOOKS_BACK = 12  # lines of a person's last purchases
_MOST_LINES = 20_000


@dataclass(frozen=True)
class SoldItem:
    """One line of a purchase. `issued`: for how many of its pieces a certificate was given."""

    item_id: int
    product_id: int
    name: str
    pieces: int
    price: int
    at: datetime
    channel: str
    issued: int


def lately_sold(*, shop_id: int, customer_id: int) -> list[SoldItem]:
    """Return what somebody bought last, the newest first."""
    rows = db.session.execute(
        select(
            VisitItem.id,
            VisitItem.product_id,
            Product.name,
            VisitItem.quantity,
            VisitItem.price,
            Visit.at,
            Visit.channel,
        )
        .join(Visit, (Visit.shop_id == VisitItem.shop_id) & (Visit.id == VisitItem.visit_id))
        .join(Product, (Product.shop_id == VisitItem.shop_id) & (Product.id == VisitItem.product_id))
        .where(Visit.shop_id == shop_id, Visit.customer_id == customer_id, Visit.reversed_at.is_(None))
        .order_by(Visit.at.desc(), VisitItem.id)
        .limit(_LOOKS_BACK)
    ).all()
    there = _issued(shop_id, [(row.id, row.quantity) for row in rows])
    return [SoldItem(*row, issued=there.get(row.id, 0)) for row in rows]


def _issued(shop_id: int, items: Sequence[tuple[int, int]], *, mistaken: bool = False) -> dict[int, int]:
    """Return for how many pieces of each line a certificate was given, or how many of those were a mistake."""
    causes = [f"item:{item_id}:{place}" for item_id, pieces in items for place in range(1, pieces + 1)]
    found: dict[int, int] = {}
    rows = db.session.scalars(
        select(Warranty.cause).where(
            Warranty.shop_id == shop_id,
            among(db.session, Warranty.cause, causes),
            Warranty.end_cause == "mistake" if mistaken else Warranty.end_cause != "mistake",
        )
    )
    for cause in rows:
        item_id = int(cause.split(":")[1])
        found[item_id] = found.get(item_id, 0) + 1
    return found


@dataclass(frozen=True)
class SoldProduct:
    """Something that the orders of a file hold, and how many pieces of it."""

    id: int
    name: str
    pieces: int


def products_of_file(*, shop_id: int, import_id: int) -> list[SoldProduct]:
    """Return what was sold in a file's orders that stand, what was sold most first."""
    pieces = func.sum(VisitItem.quantity)
    rows = db.session.execute(
        select(Product.id, Product.name, pieces)
        .join(VisitItem, (VisitItem.shop_id == Product.shop_id) & (VisitItem.product_id == Product.id))
        .join(Visit, (Visit.shop_id == VisitItem.shop_id) & (Visit.id == VisitItem.visit_id))
        .where(Visit.shop_id == shop_id, Visit.import_id == import_id, Visit.reversed_at.is_(None))
        .group_by(Product.id, Product.name)
        .order_by(pieces.desc(), Product.name)
        .limit(100)
    )
    return [SoldProduct(row[0], row[1], int(row[2] or 0)) for row in rows]


@dataclass(frozen=True)
class DryRun:
    """What giving certificates for a product of a file's orders comes to.

    `back`: how many of the new ones are for pieces whose certificate was taken back by mistake.
    """

    people: int
    pieces: int
    there: int
    new: int
    back: int


def dry_run(*, shop_id: int, import_id: int, product_id: int) -> DryRun:
    """Count before anything is given: how many people, how many certificates, how many have theirs."""
    rows = db.session.execute(
        select(VisitItem.id, VisitItem.quantity, Visit.customer_id)
        .join(Visit, (Visit.shop_id == VisitItem.shop_id) & (Visit.id == VisitItem.visit_id))
        .join(Customer, (Customer.shop_id == Visit.shop_id) & (Customer.id == Visit.customer_id))
        .where(
            Visit.shop_id == shop_id,
            Visit.import_id == import_id,
            Visit.reversed_at.is_(None),
            VisitItem.product_id == product_id,
            Customer.erased_at.is_(None),
        )
        .order_by(Visit.customer_id, VisitItem.id)
        .limit(_MOST_LINES)
    ).all()
    items = [(row.id, row.quantity) for row in rows]
    pieces, given = sum(quantity for _item, quantity in items), sum(_issued(shop_id, items).values())
    back = sum(_issued(shop_id, items, mistaken=True).values())
    return DryRun(len({row.customer_id for row in rows}), pieces, given, pieces - given, back)


@dataclass(frozen=True)
class Owned:
    """What somebody has and spent over all channels. `spent` in won, by channel, the largest first."""

    spent: list[tuple[str, int, int]]  # (channel, won, visits)
    total: int


def spent_by_channel(*, shop_id: int, customer_id: int) -> Owned:
    """Return what a person spent in each channel, visits that stand alone."""
    won = func.sum(func.coalesce(Visit.amount, 0))
    rows = db.session.execute(
        select(Visit.channel, won, func.count(Visit.id))
        .where(Visit.shop_id == shop_id, Visit.customer_id == customer_id, Visit.reversed_at.is_(None))
        .group_by(Visit.channel)
        .order_by(won.desc())
    )
    found = [(channel, int(spent), int(times)) for channel, spent, times in rows]
    return Owned(found, sum(spent for _channel, spent, _times in found))
