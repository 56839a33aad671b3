"""Stamps that come without anybody at the counter: for a review, a friend, a coupon that brings extra ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.actions import earning, ledger
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
    kind: str = "earn",
    staff_id: int | None = None,
) -> int | None:
    """Give stamps inside the caller's transaction and under the card's lock, and tell of what they brought.

    One line that `once` lets in once; `how` is one of cards.rules.NOBODY_THERE. No visit goes with it, and no
    points. Returns the line, None when `once` was there before.
    """
    if ledger.entry_by_once(session, shop_id=card.shop_id, once=once) is not None:
        return None
    entry = earning.earn(
        session,
        card=card,
        rule=rule,
        stamps=stamps,
        amount=None,
        now=now,
        kind=kind,
        how=how,
        once=once,
        staff_id=staff_id,
    )
    due = earning.give_what_is_due(session, card=card, rule=rule, earned=entry, staff_id=staff_id, now=now)
    filled.tell(session, card=card, due=due, earned=entry, now=now, known=known)
    sums.count(session, shop_id=card.shop_id, at=now, stamps=stamps)
    return entry.id
