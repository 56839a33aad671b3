"""What has ended is taken off the cards in the night, as a line of its own; a touch of the card does the same before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.cards import drift
from app.cards.actions import ledger, lots
from app.cards.models import Card
from app.flows.unit import write

_AT_ONCE = 200


def expire_due(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Take what has ended by now off a shop's cards, each card in a transaction of its own. Returns how many lines.

    Twice is once: a card without anything ended is left alone.
    """
    done = 0
    while not stop():
        due = drift.cards_with_ended(shop_id=shop_id, now=now, limit=_AT_ONCE)
        for card_id in due:
            done += int(_expire(shop_id=shop_id, card_id=card_id, now=now))
            if stop():
                break
        if len(due) < _AT_ONCE:
            break
    return done


def _expire(*, shop_id: int, card_id: int, now: datetime) -> bool:
    with write() as session:
        found = ledger.card(session, shop_id=shop_id, where=Card.id == card_id, lock=True)
        return found is not None and lots.expire(session, card=found[0], now=now) is not None
