"""What the card says of stamps that were scanned without a network and wait for the owner's look."""

from __future__ import annotations

from datetime import datetime

from app.cards import offline
from app.web.guards import current_card, current_shop


def checking() -> list[datetime]:
    """Return when they were scanned; asks only in a shop where something waits."""
    if not current_shop().has(offline.WAITS):
        return []
    return offline.checking(shop_id=current_card().shop_id, card_id=current_card().card_id)
