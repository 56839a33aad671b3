"""Nightly: does every balance still equal the sum of its ledger?"""

from __future__ import annotations

import structlog
from sqlalchemy import func, select

from app.cards.models import Card, LedgerEntry
from app.flows.unit import write

log = structlog.get_logger(__name__)


def check_balances(*, shop_id: int) -> list[int]:
    """Return the ids of a shop's cards whose balance is not the sum of their entries, and log them.

    A difference is a bug, never repaired in silence: the ledger is what the customer can be shown.
    """
    with write() as session:
        total = func.coalesce(func.sum(LedgerEntry.delta), 0)
        wrong = session.scalars(
            select(Card.id)
            .outerjoin(LedgerEntry, (LedgerEntry.shop_id == Card.shop_id) & (LedgerEntry.card_id == Card.id))
            .where(Card.shop_id == shop_id)
            .group_by(Card.id, Card.balance)
            .having(Card.balance != total)
        ).all()
    for card_id in wrong:
        log.error("balance_differs_from_ledger", shop_id=shop_id, card_id=card_id)
    return list(wrong)
