"""Reads about people and what they agreed to, shaped for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.customers import rules
from app.customers.models import Consent, Customer, OptOutLink
from app.extensions import db
from app.shops.models import Shop


@dataclass(frozen=True)
class ConsentLine:
    """One line of what a person said: kind, action, the version of the text, when and where."""

    kind: str
    action: str
    text_version: str
    channels: str
    source: str
    at: datetime


@dataclass(frozen=True)
class MyDetails:
    """What a person sees of their own data. `standing`: which consents hold now."""

    name: str
    phone: str | None
    likes: str
    memo: str
    source: str
    joined_at: datetime
    first_visit_at: datetime | None
    last_visit_at: datetime | None
    visit_count: int
    standing: dict[str, bool]
    said: list[ConsentLine]


@dataclass(frozen=True)
class OptOutPage:
    """Whose messages an opt-out link refuses. `done`: nothing is sent to this address any more."""

    shop_name: str
    shop_phone: str


def my_details(*, shop_id: int, customer_id: int) -> MyDetails:
    """Return a person's own data. Raises NoResultFound for a person of another shop or an erased one."""
    row = db.session.execute(
        select(
            Customer.name,
            Customer.phone,
            Customer.likes,
            Customer.memo,
            Customer.source,
            Customer.joined_at,
            Customer.first_visit_at,
            Customer.last_visit_at,
            Customer.visit_count,
        ).where(Customer.shop_id == shop_id, Customer.id == customer_id, Customer.erased_at.is_(None))
    ).one()
    said = [
        ConsentLine(*line)
        for line in db.session.execute(
            select(
                Consent.kind, Consent.action, Consent.text_version, Consent.channels, Consent.source, Consent.at
            )
            .where(Consent.shop_id == shop_id, Consent.customer_id == customer_id)
            .order_by(Consent.id)
        )
    ]
    standing = rules.standing([(line.kind, line.action) for line in said])
    return MyDetails(*row, standing=standing, said=said)


def opt_out_page(token: str) -> OptOutPage | None:
    """Return whose messages this link refuses; looking changes nothing (S14)."""
    row = db.session.execute(
        select(Shop.name, Shop.phone)
        .join(OptOutLink, OptOutLink.shop_id == Shop.id)
        .where(OptOutLink.token == token)
    ).one_or_none()
    return OptOutPage(*row) if row else None
