"""Stamps of an old paper card land on the card: one line of the ledger, and what it fills."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.actions import ledger, rewards
from app.cards.models import Card, CardRule, LedgerEntry
from app.flows import filled
from app.messages import recall


def land(
    session: Any, *, card: Card, rule: CardRule, stamps: int, staff_id: int, once: str, reason: str, now: datetime
) -> LedgerEntry:  # fmt: skip
    """Put moved stamps on a card under its lock; every card they fill gives its reward, and its holder hears of it.

    They were earned long ago: neither a visit nor today's stamps. Raises IntegrityError for a once-key that was there.
    """
    entry = ledger.add_entry(
        session,
        card=card,
        kind="migrate",
        delta=stamps,
        now=now,
        how="paper",
        once=once,
        staff_id=staff_id,
        reason=reason,
    )
    while True:
        fill_id = rewards.give_if_full(
            session, card=card, rule=rule, earned=entry, staff_id=staff_id, now=now
        )
        if fill_id is None:
            return entry
        filled.tell(session, card=card, rule=rule, fill_id=fill_id, now=now)


def take_back(
    session: Any, *, card: Card, rule: CardRule, entry: LedgerEntry, staff_id: int, now: datetime
) -> None:
    """Turn a moved line around under the lock of the card and its `rule`; unused rewards it had brought go with it.

    A used reward stays: then the balance is below zero and the next stamps settle it.
    """
    _reverse(session, card=card, entry=entry, staff_id=staff_id, now=now)
    while card.balance < 0:
        fill_id = rewards.withdraw_newest(session, shop_id=card.shop_id, card_id=card.id, now=now)
        if fill_id is None:
            return
        fill = ledger.entry(session, shop_id=card.shop_id, entry_id=fill_id)
        _reverse(session, card=card, entry=fill, staff_id=staff_id, now=now)
        recall.cancel(session, shop_id=card.shop_id, cause=f"fill:{fill_id}", reason="적립 취소", now=now)


def _reverse(session: Any, *, card: Card, entry: LedgerEntry, staff_id: int, now: datetime) -> None:
    ledger.add_entry(
        session,
        card=card,
        kind="reverse",
        delta=-entry.delta,
        now=now,
        reverses_id=entry.id,
        staff_id=staff_id,
    )
