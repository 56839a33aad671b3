"""Reads about cards, ledgers, claims and rewards, shaped for pages. Core selects: these paths are hot."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.cards.models import Card
from app.customers.models import Customer, Device
from app.extensions import db
from app.kit.signing import token_hash


@dataclass(frozen=True)
class Holder:
    """Whose card this browser shows."""

    shop_id: int
    customer_id: int
    card_id: int
    name: str


def holder(*, shop_id: int, browser_token: str) -> Holder | None:
    """Return the card this browser holds in a shop."""
    row = db.session.execute(
        select(Device.shop_id, Device.customer_id, Card.id, Customer.name)
        .join(Customer, (Customer.shop_id == Device.shop_id) & (Customer.id == Device.customer_id))
        .join(Card, (Card.shop_id == Device.shop_id) & (Card.customer_id == Device.customer_id))
        .where(
            Device.browser_hash == token_hash(browser_token),
            Device.shop_id == shop_id,
            Customer.erased_at.is_(None),
            Card.closed_at.is_(None),
        )
    ).one_or_none()
    return Holder(*row) if row else None
