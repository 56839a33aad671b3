"""A card has become full, by whatever stamp: its holder hears of the reward."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.models import Card, CardRule
from app.messages import outbox
from app.messages.gather import Known


def tell(
    session: Any, *, card: Card, rule: CardRule, fill_id: int, now: datetime, known: Known | None = None
) -> None:
    """Plan the letter about a reward. `fill_id`: the ledger line that gave it; `known` as outbox.plan takes it."""
    outbox.plan(
        session,
        shop_id=card.shop_id,
        customer_id=card.customer_id,
        kind="reward_ready",
        cause=f"fill:{fill_id}",
        due_at=now,
        facts={"reward": rule.reward_name},
        now=now,
        known=known,
    )
