"""Reads which certificates end on which days, and who holds one that does not yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from app.customers.models import Customer
from app.extensions import db
from app.warranties.models import Warranty, WarrantyKind

_MOST = 5_000


@dataclass(frozen=True)
class EndsSoon:
    """A certificate whose last day comes near."""

    id: int
    customer_id: int
    serial: str
    product: str
    until: date


def ending(*, shop_id: int, after: date, until: date) -> list[EndsSoon]:
    """Return held certificates whose last day lies after `after` and up to `until`."""
    rows = db.session.execute(
        select(Warranty.id, Warranty.customer_id, Warranty.serial, WarrantyKind.name, Warranty.until)
        .join(
            WarrantyKind, (WarrantyKind.shop_id == Warranty.shop_id) & (WarrantyKind.id == Warranty.kind_id)
        )
        .where(
            Warranty.shop_id == shop_id,
            Warranty.until > after,
            Warranty.until <= until,
            Warranty.customer_id.is_not(None),
            Warranty.ended_at.is_(None),
        )
        .order_by(Warranty.until, Warranty.id)
        .limit(_MOST)
    )
    return [
        EndsSoon(row.id, row.customer_id, row.serial, row.name, row.until)
        for row in rows
        if row.customer_id is not None and row.until is not None
    ]


def holds_living(today: date) -> ColumnElement[bool]:
    """Return the condition that a customer holds a certificate that is still good on a Korean day."""
    return (
        select(Warranty.id)
        .where(
            Warranty.shop_id == Customer.shop_id,
            Warranty.customer_id == Customer.id,
            Warranty.ended_at.is_(None),
            Warranty.until >= today,
        )
        .exists()
    )
