"""A card has become full, or reached a stage, by whatever stamp: its holder hears of the reward."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.actions.earning import Due
from app.cards.models import Card, LedgerEntry
from app.messages import outbox
from app.messages.gather import Known


def tell(
    session: Any, *, card: Card, due: Due, earned: LedgerEntry, now: datetime, known: Known | None = None
) -> None:
    """Plan the letters about what a line brought. `known` as outbox.plan takes it."""
    for fill_id, reward in due.fills:
        _plan(session, card, "reward_ready", f"fill:{fill_id}", {"reward": reward}, now, known)
    if due.stages:
        facts = {"reward": ", ".join(due.stages)}
        _plan(session, card, "stage_ready", f"stage:{earned.id}", facts, now, known)


def _plan(
    session: Any, card: Card, kind: str, cause: str, facts: dict[str, str], now: datetime, known: Known | None
) -> None:
    outbox.plan(
        session,
        shop_id=card.shop_id,
        customer_id=card.customer_id,
        kind=kind,
        cause=cause,
        due_at=now,
        facts=facts,
        now=now,
        known=known,
    )
