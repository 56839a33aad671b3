"""Reads about what ends on the cards of a shop."""

from __future__ import annotations

from sqlalchemy import select

from app.cards.models import Card
from app.extensions import db


def anything_ends(shop_id: int) -> bool:
    """Tell whether something on a card of this shop has an end."""
    found = db.session.scalar(
        select(Card.id).where(Card.shop_id == shop_id, Card.expires_at.is_not(None)).limit(1)
    )
    return found is not None
