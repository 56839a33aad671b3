"""How much one stamping brings: one stamp, unless the shop said otherwise for this person or this hour.

Several boosts at once: the best one counts, never one times the other. A card's daily cap counts the stamps
that lie on it; the last stamping it allows lands in full, because a promise is not cut in half.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.models import Card
from app.tiers import boosts
from app.tiers.rules import AS_USUAL, Worth


def look(session: Any, *, card: Card, uses: frozenset[str], now: datetime) -> Worth:
    """Return what one stamping of a card is worth now and why, by one statement; none when nothing is on."""
    if not uses & {"tiers", "boosts"}:
        return AS_USUAL
    return boosts.worth_now(shop_id=card.shop_id, customer_id=card.customer_id, uses=uses, now=now)


def worth(session: Any, *, card: Card, uses: frozenset[str], now: datetime) -> int:
    """Return the stamps that one stamping of a card brings now, at least 1. `uses`: what the shop has on."""
    return look(session, card=card, uses=uses, now=now).stamps
