"""Points follow from amounts by the card's rule."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.models import Card, CardRule, LedgerEntry


def follow_amount(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    entry: LedgerEntry,
    before: int | None,
    amount: int | None,
    now: datetime,
) -> int:
    """Give or take the points that a changed amount of the visit of `entry` brings; returns how many came.

    `before` and `amount` in won, None = no amount. Below zero when the new amount is the smaller one.
    """
    return 0
