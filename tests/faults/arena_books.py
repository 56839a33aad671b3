"""What an arena's rows say of letters by hand, of letters on cards, and of the ledger."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import func, select

from app.cards.models import Card, LedgerEntry
from app.messages.models import AdGrant, Attempt, Message


def hand_wrong(session: Any, noted: set[int]) -> int:
    """Count by-hand letters that were not confirmed, counted and attempted exactly once."""
    rows = session.execute(
        select(Message.id, Message.kind, Message.state).where(Message.channel == "own_phone")
    ).all()
    tries = Counter(session.scalars(select(Attempt.message_id).where(Attempt.outcome == "by_hand")))
    grants = Counter(session.scalars(select(AdGrant.message_id)))
    wrong = sum(row.state == "sent" and tries[row.id] != 1 for row in rows)
    wrong += sum(row.state == "sent" and grants[row.id] != (row.kind == "thank_you") for row in rows)
    wrong += sum(row.state != "sent" and bool(tries[row.id] or grants[row.id]) for row in rows)
    return wrong + len(noted - {row.id for row in rows if row.state == "sent"})


def cards_wrong(session: Any) -> int:
    """Count stamps whose receipt does not lie on the card exactly once."""
    stamps = Counter(
        f"stamp:{number}"
        for number in session.scalars(select(LedgerEntry.id).where(LedgerEntry.kind == "earn"))
    )
    letters = Counter(
        session.scalars(
            select(Message.cause).where(
                Message.kind == "stamp_receipt", Message.channel == "card", Message.state == "sent"
            )
        )
    )
    return len((stamps - letters) + (letters - stamps))


def ledger(session: Any) -> dict[str, Any]:
    """Return how often each stamp was booked (by its own key), and how many cards disagree with their ledger."""
    once = Counter(session.scalars(select(LedgerEntry.once).where(LedgerEntry.kind == "earn")))
    total = func.coalesce(func.sum(LedgerEntry.delta), 0)
    wrong = session.scalars(
        select(Card.id)
        .outerjoin(LedgerEntry, LedgerEntry.card_id == Card.id)
        .group_by(Card.id, Card.balance)
        .having(Card.balance != total)
    ).all()
    return {"once": once, "wrong": len(wrong)}
