"""Cards on paper: which ones a key made, and the version of the code that is printed on them. Flush, never commit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from app.cards.models import Card


def cards_by_ref(session: Any, *, shop_id: int, refs: list[str]) -> list[Card]:
    """Return the shop's cards of these references, closed ones too, in the order they were made."""
    return list(
        session.scalars(select(Card).where(Card.shop_id == shop_id, Card.ref.in_(refs)).order_by(Card.id))
    )


def print_anew(session: Any, *, shop_id: int, card_id: int, seen: int) -> bool:
    """Give a card its next printed code, if `seen` is still the version it has. False: somebody was first."""
    done = session.execute(
        update(Card)
        .where(
            Card.shop_id == shop_id, Card.id == card_id, Card.closed_at.is_(None), Card.print_version == seen
        )
        .values(print_version=Card.print_version + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount == 1)
