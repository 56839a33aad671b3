"""Changes to paper cards that are moved over. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from app.cards.counter_models import PaperCard
from app.cards.history import undone
from app.cards.models import LedgerEntry


def by_once(session: Any, *, shop_id: int, once: str) -> PaperCard | None:
    """Return what this once-key brought before."""
    found: PaperCard | None = session.scalar(
        select(PaperCard).where(PaperCard.shop_id == shop_id, PaperCard.once == once)
    )
    return found


def is_waiting(session: Any, *, shop_id: int, card_id: int) -> bool:
    """Tell whether a paper card of this card's holder waits already."""
    return bool(waiting(session, shop_id=shop_id, card_id=card_id))


def waiting(session: Any, *, shop_id: int, card_id: int) -> list[PaperCard]:
    """Return the paper card that waits on a card, if one does: never two."""
    return list(
        session.scalars(
            select(PaperCard).where(
                PaperCard.shop_id == shop_id, PaperCard.card_id == card_id, PaperCard.state == "waiting"
            )
        )
    )


def asked_since(session: Any, *, shop_id: int, card_id: int, since: datetime) -> int:
    """Return how many paper cards were sent for a card after a moment, whatever became of them."""
    count = session.scalar(
        select(func.count()).where(
            PaperCard.shop_id == shop_id,
            PaperCard.card_id == card_id,
            PaperCard.photo_ref.is_not(None),
            PaperCard.created_at > since,
        )
    )
    return int(count)


def add(
    session: Any, *, shop_id: int, card_id: int, customer_id: int, once: str, asked: int, now: datetime, **facts: Any
) -> PaperCard:  # fmt: skip
    """Add a paper card. Raises IntegrityError for a second one that waits, and for a once-key that was there."""
    row = PaperCard(
        shop_id=shop_id,
        card_id=card_id,
        customer_id=customer_id,
        once=once,
        asked=asked,
        created_at=now,
        **facts,
    )
    session.add(row)
    session.flush()
    return row


def paper(session: Any, *, shop_id: int, paper_id: int) -> PaperCard | None:
    """Return a paper card of this shop as it is now."""
    found: PaperCard | None = session.scalar(
        select(PaperCard)
        .where(PaperCard.shop_id == shop_id, PaperCard.id == paper_id)
        .execution_options(populate_existing=True)
    )
    return found


def decide(session: Any, *, shop_id: int, paper_id: int, state: str, now: datetime, **facts: Any) -> bool:
    """End the waiting of a paper card; of two at once one wins, False for the other."""
    done = session.execute(
        update(PaperCard)
        .where(PaperCard.shop_id == shop_id, PaperCard.id == paper_id, PaperCard.state == "waiting")
        .values(state=state, decided_at=now, **facts)
    )
    return bool(done.rowcount == 1)


def standing_entry(session: Any, *, shop_id: int, entry_id: int | None) -> LedgerEntry | None:
    """Return the line a paper card brought, unless it was taken back."""
    found: LedgerEntry | None = session.scalar(
        select(LedgerEntry).where(
            LedgerEntry.shop_id == shop_id,
            LedgerEntry.id == entry_id,
            LedgerEntry.kind == "migrate",
            ~undone(),
        )
    )
    return found


def forgotten(session: Any, *, shop_id: int, before: datetime, limit: int) -> list[int]:
    """Return the paper cards that have waited since before a moment."""
    return list(
        session.scalars(
            select(PaperCard.id)
            .where(PaperCard.shop_id == shop_id, PaperCard.state == "waiting", PaperCard.created_at < before)
            .order_by(PaperCard.id)
            .limit(limit)
        )
    )


def forget(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    """Their paper cards wait no longer, and what staff wrote about them is gone."""
    session.execute(
        update(PaperCard)
        .where(
            PaperCard.shop_id == shop_id, PaperCard.customer_id == customer_id, PaperCard.state == "waiting"
        )
        .values(state="withdrawn", decided_at=now)
    )
    session.execute(
        update(PaperCard)
        .where(PaperCard.shop_id == shop_id, PaperCard.customer_id == customer_id)
        .values(reason="", photo_ref=None)
    )
