"""Stamps that come without anybody at the counter: of a coupon, a review, a referral."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.actions import ledger, rewards
from app.cards.models import Card, CardRule
from app.flows import filled
from app.insights import actions as sums
from app.messages.gather import Known


def give(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    stamps: int,
    how: str,
    once: str,
    now: datetime,
    known: Known | None = None,
) -> int | None:
    """Put stamps on a card that its holder did not come for; returns the ledger line, None when `once` was here.

    The card is held by the caller. A full card gives its reward and tells its holder.
    """
    if ledger.entry_by_once(session, shop_id=card.shop_id, once=once) is not None:
        return None
    entry = ledger.add_entry(session, card=card, kind="earn", delta=stamps, now=now, how=how, once=once)
    fill_id = rewards.give_if_full(session, card=card, rule=rule, earned=entry, staff_id=None, now=now)
    if fill_id is not None:
        filled.tell(session, card=card, rule=rule, fill_id=fill_id, now=now, known=known)
    sums.count(session, shop_id=card.shop_id, at=now, stamps=stamps)
    return entry.id
