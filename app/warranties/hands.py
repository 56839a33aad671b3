"""Reads how certificates go from hand to hand: what was, and what a link offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app.customers.models import Customer
from app.extensions import db
from app.kit.names import masked_name
from app.kit.signing import token_hash
from app.warranties import rules
from app.warranties.models import Warranty, WarrantyKind, WarrantyMove

_SHOWN = 10


@dataclass(frozen=True)
class Hand:
    """One time a certificate was handed on, or offered. Names as the shop knows them, "" for one without a name."""

    asked_at: datetime
    taken_at: datetime | None
    called_off_at: datetime | None
    expires_at: datetime
    giver: str
    taker: str


def hands(*, shop_id: int, warranty_id: int) -> list[Hand]:
    """Return how a certificate went from holder to holder, oldest first."""
    giver, taker = (Customer.__table__.alias(name) for name in ("giver", "taker"))
    rows = db.session.execute(
        select(
            WarrantyMove.asked_at,
            WarrantyMove.taken_at,
            WarrantyMove.called_off_at,
            WarrantyMove.expires_at,
            func.coalesce(giver.c.name, ""),
            func.coalesce(taker.c.name, ""),
        )
        .outerjoin(
            giver, (giver.c.shop_id == WarrantyMove.shop_id) & (giver.c.id == WarrantyMove.from_customer)
        )
        .outerjoin(
            taker, (taker.c.shop_id == WarrantyMove.shop_id) & (taker.c.id == WarrantyMove.to_customer)
        )
        .where(WarrantyMove.shop_id == shop_id, WarrantyMove.warranty_id == warranty_id)
        .order_by(WarrantyMove.id)
    )
    return [Hand(*row) for row in rows]


@dataclass(frozen=True)
class HandedOn:
    """A certificate that somebody handed on and has not any more, with when."""

    serial: str
    product: str
    at: datetime

    @property
    def spoken(self) -> str:
        """The serial as it is read aloud."""
        return rules.serial_words(self.serial)


def handed_on(*, shop_id: int, customer_id: int) -> list[HandedOn]:
    """Return what a person handed on last, the newest first; what came back to them is theirs."""
    rows = db.session.execute(
        select(Warranty.serial, WarrantyKind.name, func.max(WarrantyMove.taken_at))
        .join(
            Warranty,
            (Warranty.shop_id == WarrantyMove.shop_id) & (Warranty.id == WarrantyMove.warranty_id),
        )
        .join(
            WarrantyKind, (WarrantyKind.shop_id == Warranty.shop_id) & (WarrantyKind.id == Warranty.kind_id)
        )
        .where(
            WarrantyMove.shop_id == shop_id,
            WarrantyMove.from_customer == customer_id,
            WarrantyMove.taken_at.is_not(None),
            Warranty.customer_id.is_distinct_from(customer_id),
        )
        .group_by(Warranty.id, Warranty.serial, WarrantyKind.name)
        .order_by(func.max(WarrantyMove.taken_at).desc())
        .limit(_SHOWN)
    )
    return [HandedOn(serial, product, at) for serial, product, at in rows if at is not None]


@dataclass(frozen=True)
class Offered:
    """A certificate that somebody wants to hand on, as who opens the link sees it."""

    serial: str
    product: str
    until: date | None
    giver: str  # masked
    is_open: bool
    from_customer: int | None


def offered(*, shop_id: int, token: str, now: datetime) -> Offered | None:
    """Return what a link to take a certificate stands for in this shop, or None."""
    row = db.session.execute(
        select(
            Warranty.serial,
            WarrantyKind.name,
            Warranty.until,
            func.coalesce(Customer.name, ""),
            WarrantyMove.from_customer,
            WarrantyMove.taken_at.is_(None)
            & WarrantyMove.called_off_at.is_(None)
            & (WarrantyMove.expires_at > now)
            & Warranty.ended_at.is_(None),
        )
        .join(
            Warranty,
            (Warranty.shop_id == WarrantyMove.shop_id) & (Warranty.id == WarrantyMove.warranty_id),
        )
        .join(
            WarrantyKind, (WarrantyKind.shop_id == Warranty.shop_id) & (WarrantyKind.id == Warranty.kind_id)
        )
        .outerjoin(
            Customer, (Customer.shop_id == WarrantyMove.shop_id) & (Customer.id == WarrantyMove.from_customer)
        )
        .where(WarrantyMove.shop_id == shop_id, WarrantyMove.token_hash == token_hash(token))
    ).one_or_none()
    if row is None:
        return None
    serial, product, until, giver, whose, is_open = row
    return Offered(serial, product, until, masked_name(giver), bool(is_open), whose)


def open_offer(*, shop_id: int, warranty_id: int, now: datetime) -> tuple[int, datetime] | None:
    """Return (which one of a certificate's links it is, until when) of the one that can still be taken up."""
    rows = db.session.execute(
        select(
            WarrantyMove.expires_at,
            WarrantyMove.taken_at.is_(None)
            & WarrantyMove.called_off_at.is_(None)
            & (WarrantyMove.expires_at > now),
        )
        .where(WarrantyMove.shop_id == shop_id, WarrantyMove.warranty_id == warranty_id)
        .order_by(WarrantyMove.id)
    ).all()
    return next(((place, row[0]) for place, row in enumerate(rows, start=1) if row[1]), None)
