"""Reads about paper cards: what waits for the shop, what was moved, what one customer sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.cards.counter_models import PaperCard
from app.cards.history import undone
from app.cards.models import Card, CardRule, LedgerEntry
from app.customers.models import Customer
from app.extensions import db


@dataclass(frozen=True)
class PaperLine:
    """One paper card. `state`: waiting, moved, refused or withdrawn; `given`: the stamps that landed."""

    id: int
    card_id: int
    customer_id: int
    name: str
    visit_count: int
    asked: int
    photo_ref: str | None
    state: str
    reason: str
    created_at: datetime
    decided_at: datetime | None
    given: int
    is_undone: bool
    balance: int
    goal: int


_LINES = (
    select(
        PaperCard.id,
        PaperCard.card_id,
        PaperCard.customer_id,
        Customer.name,
        Customer.visit_count,
        PaperCard.asked,
        PaperCard.photo_ref,
        PaperCard.state,
        PaperCard.reason,
        PaperCard.created_at,
        PaperCard.decided_at,
        func.coalesce(LedgerEntry.delta, 0),
        func.coalesce(undone(), False),
        Card.balance,
        CardRule.goal,
    )
    .join(Customer, (Customer.shop_id == PaperCard.shop_id) & (Customer.id == PaperCard.customer_id))
    .join(Card, (Card.shop_id == PaperCard.shop_id) & (Card.id == PaperCard.card_id))
    .join(CardRule, (CardRule.shop_id == Card.shop_id) & (CardRule.id == Card.rule_id))
    .outerjoin(
        LedgerEntry, (LedgerEntry.shop_id == PaperCard.shop_id) & (LedgerEntry.id == PaperCard.entry_id)
    )
    .where(Customer.erased_at.is_(None))
)


def waiting_count(shop_id: int) -> int:
    """Return how many paper cards wait for the shop."""
    count = db.session.scalar(
        select(func.count()).where(PaperCard.shop_id == shop_id, PaperCard.state == "waiting")
    )
    return int(count or 0)


def waiting_papers(shop_id: int, *, limit: int = 50) -> list[PaperLine]:
    """Return the paper cards that wait, the first come first."""
    return _found(
        _LINES.where(PaperCard.shop_id == shop_id, PaperCard.state == "waiting")
        .order_by(PaperCard.id)
        .limit(limit)
    )


def decided_papers(shop_id: int, *, limit: int = 10) -> list[PaperLine]:
    """Return what the shop decided last, the newest first."""
    return _found(
        _LINES.where(PaperCard.shop_id == shop_id, PaperCard.state.in_(("moved", "refused")))
        .order_by(PaperCard.decided_at.desc(), PaperCard.id.desc())
        .limit(limit)
    )


def papers_of(*, shop_id: int, card_id: int, limit: int = 5) -> list[PaperLine]:
    """Return the paper cards that one customer brought along, the newest first."""
    return _found(
        _LINES.where(PaperCard.shop_id == shop_id, PaperCard.card_id == card_id)
        .order_by(PaperCard.id.desc())
        .limit(limit)
    )


def paper(*, shop_id: int, paper_id: int) -> PaperLine | None:
    """Return one paper card; None for another shop's (S05)."""
    found = _found(_LINES.where(PaperCard.shop_id == shop_id, PaperCard.id == paper_id))
    return found[0] if found else None


def _found(query: Any) -> list[PaperLine]:
    return [PaperLine(*row) for row in db.session.execute(query)]
