"""Reads for the customers' tablet: what has become of a number typed there, and what the staff is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.cards.models import Card, CardRule, Claim, LedgerEntry
from app.extensions import db
from app.shops.models import KioskCall

# So long a number without a card stands in the staff's list, and a result at the tablet.
CALL_STANDS = timedelta(minutes=30)
_RESULT_STANDS = timedelta(minutes=1)


@dataclass(frozen=True)
class OpenCall:
    """A number without a card that somebody typed at a tablet. `tail`: its last four digits."""

    id: int
    word: str
    tail: str
    at: datetime


@dataclass(frozen=True)
class CallState:
    """What the tablet shows of a number. `state`: waiting | stamped | over; nothing says whose it was."""

    ref: str
    state: str
    word: str
    balance: int = 0
    goal: int = 0
    filled: bool = False
    refused: str = ""  # why there was no stamp so far


def open_calls(*, shop_id: int, now: datetime, limit: int = 10) -> list[OpenCall]:
    """Return the numbers without a card that nobody has seen to, the first on top."""
    rows = db.session.execute(
        select(KioskCall.id, KioskCall.word, KioskCall.tail, KioskCall.at)
        .where(
            KioskCall.shop_id == shop_id,
            KioskCall.claim_id.is_(None),
            KioskCall.closed_at.is_(None),
            KioskCall.at > now - CALL_STANDS,
        )
        .order_by(KioskCall.at, KioskCall.id)
        .limit(limit)
    )
    return [OpenCall(*row) for row in rows]


def call_state(*, shop_id: int, kiosk_id: int, ref: str, now: datetime) -> CallState | None:
    """Return what has become of a number typed at this very tablet; None once its result has been seen."""
    row = db.session.execute(
        select(
            KioskCall.word,
            KioskCall.at,
            KioskCall.closed_at,
            Claim.state,
            Claim.decided_at,
            Claim.card_id,
            Claim.entry_id,
        )
        .outerjoin(Claim, (Claim.shop_id == KioskCall.shop_id) & (Claim.id == KioskCall.claim_id))
        .where(KioskCall.shop_id == shop_id, KioskCall.kiosk_id == kiosk_id, KioskCall.ref == ref)
    ).one_or_none()
    if row is None or row.at < now - CALL_STANDS:
        return None
    ended = row.decided_at if row.card_id is not None else row.closed_at
    if ended is None:
        return CallState(ref, "waiting", row.word, refused=_refused(shop_id, row.card_id, row.at))
    if ended < now - _RESULT_STANDS:
        return None
    if row.state != "approved":
        return CallState(ref, "over", row.word)
    balance, goal = db.session.execute(
        select(Card.balance, CardRule.goal)
        .join(CardRule, (CardRule.shop_id == Card.shop_id) & (CardRule.id == Card.rule_id))
        .where(Card.shop_id == shop_id, Card.id == row.card_id)
    ).one()
    filled = db.session.scalar(
        select(LedgerEntry.id).where(
            LedgerEntry.shop_id == shop_id,
            LedgerEntry.card_id == row.card_id,
            LedgerEntry.kind == "fill",
            LedgerEntry.part_of_id == row.entry_id,
        )
    )
    return CallState(ref, "stamped", row.word, balance, goal, filled is not None)


def _refused(shop_id: int, card_id: int | None, since: datetime) -> str:
    if card_id is None:
        return ""
    return (
        db.session.scalar(
            select(LedgerEntry.reason)
            .where(
                LedgerEntry.shop_id == shop_id,
                LedgerEntry.card_id == card_id,
                LedgerEntry.kind == "refuse",
                LedgerEntry.at >= since,
            )
            .order_by(LedgerEntry.id.desc())
            .limit(1)
        )
        or ""
    )
