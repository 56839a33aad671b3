"""Reads about certificates, shaped for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from app.customers.models import Customer
from app.extensions import db
from app.kit.names import masked_name
from app.kit.signing import token_hash
from app.warranties import rules
from app.warranties.models import Warranty, WarrantyKind, WarrantyMove


@dataclass(frozen=True)
class Certificate:
    """One warranty with what was promised. `name`: its holder's, "" for one without a name."""

    id: int
    shop_id: int
    kind_id: int
    serial: str
    ref: str
    product: str
    months: int
    covers: str
    care: str
    how: str
    bought_on: date | None
    channel: str
    price: int | None
    until: date | None
    issued_at: datetime
    claimed_at: datetime | None
    ended_at: datetime | None
    end_cause: str
    visit_id: int | None
    customer_id: int | None
    name: str
    phone: str | None
    moved: int  # how often it was handed on

    @property
    def spoken(self) -> str:
        """The serial as it is read aloud."""
        return rules.serial_words(self.serial)

    @property
    def masked(self) -> str:
        """The holder's name as others may see it."""
        return masked_name(self.name or "")

    @property
    def where(self) -> str:
        """Where it was bought, "" while nobody knows."""
        return rules.CHANNELS.get(self.channel, "")

    @property
    def period(self) -> str:
        """How long it holds: "1년"."""
        return rules.months_words(self.months)

    def state(self, today: date) -> str:
        """Where it stands on a Korean day, one of rules.STATES."""
        return rules.state_of(
            is_held=self.customer_id is not None,
            is_claimed=self.claimed_at is not None,
            is_ended=self.ended_at is not None,
            until=self.until,
            today=today,
        )

    def left(self, today: date) -> str:
        """How long it still holds, in words; "" when it does not."""
        return rules.left_words(self.until, today) if self.until and self.state(today) == "valid" else ""


_MOVED = (
    select(func.count(WarrantyMove.id))
    .where(
        WarrantyMove.shop_id == Warranty.shop_id,
        WarrantyMove.warranty_id == Warranty.id,
        WarrantyMove.taken_at.is_not(None),
    )
    .correlate(Warranty)
    .scalar_subquery()
)
CERTIFICATES = (
    select(
        Warranty.id,
        Warranty.shop_id,
        Warranty.kind_id,
        Warranty.serial,
        Warranty.check_ref,
        WarrantyKind.name,
        WarrantyKind.months,
        WarrantyKind.covers,
        WarrantyKind.care,
        Warranty.how,
        Warranty.bought_on,
        Warranty.channel,
        Warranty.price,
        Warranty.until,
        Warranty.issued_at,
        Warranty.claimed_at,
        Warranty.ended_at,
        Warranty.end_cause,
        Warranty.visit_id,
        Warranty.customer_id,
        func.coalesce(Customer.name, ""),
        Customer.phone,
        _MOVED,
    )
    .join(WarrantyKind, (WarrantyKind.shop_id == Warranty.shop_id) & (WarrantyKind.id == Warranty.kind_id))
    .outerjoin(Customer, (Customer.shop_id == Warranty.shop_id) & (Customer.id == Warranty.customer_id))
)


def found(statement: Any) -> list[Certificate]:
    """Return the certificates of a statement made of CERTIFICATES."""
    return [Certificate(*row) for row in db.session.execute(statement)]


def certificate(*, shop_id: int, serial: str) -> Certificate | None:
    """Return one of this shop's by its serial, or None."""
    return _one(CERTIFICATES.where(Warranty.shop_id == shop_id, Warranty.serial == serial))


def by_ref(ref: str) -> Certificate | None:
    """Return the certificate of a check page, of whatever shop: the reference is the secret (128 bits)."""
    return _one(CERTIFICATES.where(Warranty.check_ref == ref))


def of_package(*, shop_id: int, secret: str) -> Certificate | None:
    """Return what a package's QR stands for in this shop, or None."""
    return _one(CERTIFICATES.where(Warranty.shop_id == shop_id, Warranty.claim_hash == token_hash(secret)))


def _one(statement: Any) -> Certificate | None:
    row = db.session.execute(statement).one_or_none()
    return Certificate(*row) if row else None


def certificates_of(*, shop_id: int, customer_id: int, limit: int = 200) -> list[Certificate]:
    """Return a person's own certificates that were not taken back, the longest lasting first."""
    return found(
        CERTIFICATES.where(
            Warranty.shop_id == shop_id, Warranty.customer_id == customer_id, Warranty.ended_at.is_(None)
        )
        .order_by(Warranty.until.desc(), Warranty.id.desc())
        .limit(limit)
    )


def newest(*, shop_id: int, limit: int = 8) -> list[Certificate]:
    """Return what was issued last and is somebody's."""
    return found(
        CERTIFICATES.where(Warranty.shop_id == shop_id, Warranty.customer_id.is_not(None))
        .order_by(Warranty.id.desc())
        .limit(limit)
    )


def count_of(*, shop_id: int, customer_id: int) -> int:
    """Return how many certificates a person has that were not taken back."""
    count = db.session.scalar(
        select(func.count(Warranty.id)).where(
            Warranty.shop_id == shop_id, Warranty.customer_id == customer_id, Warranty.ended_at.is_(None)
        )
    )
    return int(count or 0)
