"""Stamps of an old paper card land on the card: one line of the ledger, and what it fills."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.actions import earning
from app.cards.models import Card, CardRule, LedgerEntry
from app.flows import filled
from app.messages import recall


def land(
    session: Any, *, card: Card, rule: CardRule, stamps: int, staff_id: int, once: str, reason: str, now: datetime
) -> LedgerEntry:  # fmt: skip
    """Put moved stamps on a card under its lock; every card they fill gives its reward, and its holder hears of it.

    They were earned long ago: neither a visit nor today's stamps. Raises IntegrityError for a once-key that was there.
    """
    entry = earning.earn(
        session,
        card=card,
        rule=rule,
        stamps=stamps,
        amount=None,
        now=now,
        kind="migrate",
        how="paper",
        once=once,
        staff_id=staff_id,
        reason=reason,
    )
    due = earning.give_what_is_due(session, card=card, rule=rule, earned=entry, staff_id=staff_id, now=now)
    filled.tell(session, card=card, due=due, earned=entry, now=now)
    return entry


def take_back(
    session: Any, *, card: Card, rule: CardRule, entry: LedgerEntry, staff_id: int, now: datetime
) -> None:
    """Turn a moved line around under the lock of the card and its `rule`; unused rewards it had brought go with it.

    A used reward stays: then the balance is below zero and the next stamps settle it.
    """
    causes = earning.take_back(session, card=card, rule=rule, entry=entry, staff_id=staff_id, now=now)
    for cause in causes:
        recall.cancel(session, shop_id=card.shop_id, cause=cause, reason="적립 취소", now=now)
