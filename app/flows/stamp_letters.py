"""The letters that follow a stamp: its receipt, the full card, the thanks for the visit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.cards.actions.earning import Due
from app.cards.models import Card, CardRule, LedgerEntry
from app.flows import filled as full
from app.messages import gather, outbox


def plan(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    seen: int,
    entry: LedgerEntry,
    due: Due,
    person: Any,
    is_new_visit: bool,
    now: datetime,
) -> None:
    """Plan the letters of a stamp that has landed, inside its transaction.

    `seen`: the stamps the person saw on the card; `due`: what this stamp brought beside itself.
    """
    facts = {"balance": seen, "goal": rule.goal, "reward": rule.reward_name, "added": entry.delta}
    # Read once for both letters: nothing between them changes what they depend on.
    known = gather.look_up(session, shop_id=card.shop_id, customer_id=person.id, now=now)
    outbox.plan(
        session,
        shop_id=card.shop_id,
        customer_id=person.id,
        kind="stamp_receipt",
        cause=f"stamp:{entry.id}",
        due_at=now,
        not_after=now + timedelta(days=1),
        facts=facts,
        now=now,
        known=known,
    )
    full.tell(session, card=card, due=due, earned=entry, now=now, known=known)
    if is_new_visit:
        outbox.plan(
            session,
            shop_id=card.shop_id,
            customer_id=person.id,
            kind="thank_you",
            cause=f"visit:{entry.visit_id}",
            due_at=now,  # the automation adds its own delay, the kind says how long it stays fresh
            facts=facts | {"visit_number": person.visit_count},
            now=now,
            known=known,
        )
