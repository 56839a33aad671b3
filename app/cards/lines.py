"""Reads the lines that explain a card to its holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.cards import checks
from app.cards.history import TAKEN_ALONG, cards_in, still_ends, undone
from app.cards.models import Card, LedgerEntry, Redemption, Reward
from app.extensions import db

_BACK = LedgerEntry.__table__.alias("back")


@dataclass(frozen=True)
class CardLine:
    """One line that explains the card: a stamp, a refusal, a filled card, an undo, a use.

    `balance` and `points_now`: what was on the card after it; None for a line that moves neither.
    """

    kind: str  # earn | fill | redeem | expire | adjust | migrate | reverse | refuse | use | use_back
    delta: int
    at: datetime
    how: str
    reason: str
    name: str = ""  # the reward's, for use and use_back
    undone: bool = False
    points: int = 0
    balance: int | None = None
    points_now: int | None = None
    ends_at: datetime | None = None  # of what a line brought and is still there
    boosted: str = ""  # why it brought more than usual, in the shop's words
    of: str = ""  # of a reversal: the kind of the line it turned around


def card_lines(*, shop_id: int, card_id: int, limit: int = 100) -> list[CardLine]:
    """Return why the card is what it is, newest first, with the lines of the cards that went into it."""
    others = cards_in(shop_id=shop_id, card_id=card_id)
    entries = db.session.execute(
        select(
            LedgerEntry.kind,
            LedgerEntry.delta,
            LedgerEntry.at,
            LedgerEntry.how,
            LedgerEntry.reason,
            undone().label("was_undone"),
            LedgerEntry.points,
            still_ends().label("ends_at"),
            LedgerEntry.card_id,
            LedgerEntry.boosted,
            _BACK.c.kind.label("of"),
        )
        .outerjoin(_BACK, (_BACK.c.shop_id == LedgerEntry.shop_id) & (_BACK.c.id == LedgerEntry.reverses_id))
        .where(
            LedgerEntry.shop_id == shop_id,
            LedgerEntry.card_id.in_([card_id, *others]),
            ~(LedgerEntry.card_id.in_(others) & LedgerEntry.how.in_(TAKEN_ALONG)),
        )
        .order_by(LedgerEntry.at.desc(), LedgerEntry.id.desc())
        .limit(limit)
    )
    held = db.session.execute(
        select(Card.balance, Card.points).where(Card.shop_id == shop_id, Card.id == card_id)
    ).one()
    balance, points = held.balance, held.points
    lines = []
    for row in entries:
        here = row.card_id == card_id  # else of a card that went into this one: it counted there
        lines.append(
            CardLine(
                *row[:5],
                undone=bool(row.was_undone),
                points=row.points,
                balance=balance if row.delta and here else None,
                points_now=points if row.points and here else None,
                ends_at=row.ends_at,
                boosted=row.boosted,
                of=row.of or "",
            )
        )
        if here:
            balance, points = balance - row.delta, points - row.points
    uses = db.session.execute(
        select(Redemption.at, Redemption.reversed_at, Reward.name, Redemption.how)
        .join(Reward, (Reward.shop_id == Redemption.shop_id) & (Reward.id == Redemption.reward_id))
        .where(Redemption.shop_id == shop_id, Reward.card_id == card_id)
        .order_by(Redemption.id.desc())
        .limit(limit)
    )
    for use in uses:
        lines.append(CardLine("use", 0, use.at, use.how, "", use.name, undone=use.reversed_at is not None))
        if use.reversed_at is not None:
            lines.append(CardLine("use_back", 0, use.reversed_at, "", "", use.name))
    looked = checks.checks_without_card(shop_id=shop_id, card_id=card_id, limit=limit)
    lines += [CardLine("check", 0, line.at, line.what, "") for line in looked]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]
