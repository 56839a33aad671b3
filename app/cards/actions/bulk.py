"""Cards for many people at once. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.cards.actions.ledger import current_rule
from app.cards.models import Card
from app.kit.among import among
from app.kit.bulk_rows import put
from app.kit.signing import random_code
from app.kit.upsert import table_of

_CARDS = table_of(Card)


def open_cards(session: Any, *, shop_id: int, customer_ids: Sequence[int], now: datetime) -> None:
    """Issue a card to each under the shop's present rule, so that the next visit can be stamped by their number.

    Raises IntegrityError when a spoken code was given away at this moment: the step is done again.
    """
    if not customer_ids:
        return
    rule = current_rule(session, shop_id=shop_id)
    codes: set[str] = set()
    while len(codes) < len(customer_ids):
        codes |= {random_code(5) for _ in range(len(customer_ids) - len(codes))}
        codes -= set(
            session.scalars(
                select(Card.spoken).where(Card.shop_id == shop_id, among(session, Card.spoken, codes))
            )
        )
    cards = {
        "customer_id": customer_ids,
        "ref": [random_code(10) for _ in codes],
        "spoken": list(codes),
    }
    put(session, _CARDS, cards, same={"shop_id": shop_id, "rule_id": rule.id, "opened_at": now})
