"""How many stamps one stamping brings: one, unless the shop said otherwise for this person or this hour."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.models import Card


def worth(session: Any, *, card: Card, uses: frozenset[str], now: datetime) -> int:
    """Return the stamps that one stamping of a card brings now, at least 1. `uses`: what the shop has on."""
    return 1
