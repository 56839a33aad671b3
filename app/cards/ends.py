"""Reads about what ends on the cards of a shop. Those that a flow asks are handed its session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.cards.models import Card, LedgerEntry, Lot
from app.extensions import db
from app.kit.clock import start_of_day


def anything_ends(shop_id: int) -> bool:
    """Tell whether something on a card of this shop has an end."""
    found = db.session.scalar(
        select(Card.id).where(Card.shop_id == shop_id, Card.expires_at.is_not(None)).limit(1)
    )
    return found is not None


@dataclass(frozen=True)
class EndsSoon:
    """What of one card ends together. `on`: the last day by the rule, which closed days do not change."""

    card_id: int
    customer_id: int
    unit: str  # stamp | point
    on: date
    amount: int
    expires_at: datetime


def ending_in(*, shop_id: int, days: int, since: date, until: date) -> list[EndsSoon]:
    """Return what purchases had earned and that ends in `days` days, seen from the days after `since` to `until`.

    Only what lay on the card that day already: who earned it since knew its end when it came.
    """
    before = timedelta(days=days)
    ends, earned = func.min(Lot.expires_at), func.sum(Lot.remaining)
    rows = db.session.execute(
        select(Lot.card_id, Card.customer_id, Lot.unit, Lot.ends_on, earned, ends)
        .join(Card, and_(Card.shop_id == Lot.shop_id, Card.id == Lot.card_id, Card.closed_at.is_(None)))
        .join(LedgerEntry, _BROUGHT)
        .where(
            Lot.shop_id == shop_id,
            Lot.remaining > 0,
            Lot.ends_on.is_not(None),
            # It ends with its last good day.
            Lot.expires_at > start_of_day(since + before + timedelta(days=1)),
            Lot.expires_at <= start_of_day(until + before + timedelta(days=1)),
            Lot.earned_at < start_of_day(until),
            _by_purchase(),
        )
        .group_by(Lot.card_id, Card.customer_id, Lot.unit, Lot.ends_on)
        .order_by(Lot.card_id, Lot.unit, Lot.ends_on)
    )
    found: list[Any] = list(rows)  # of a lot that ends neither of its ends is missing
    return [EndsSoon(row[0], row[1], row[2], row[3], int(row[4]), row[5]) for row in found]


def left_of(session: Any, *, shop_id: int, card_id: int, unit: str, on: date) -> tuple[int, datetime | None]:
    """Return how much of what ends on a day by the rule is still there, and when it ends by now."""
    row = session.execute(
        select(func.coalesce(func.sum(Lot.remaining), 0), func.min(Lot.expires_at))
        .join(LedgerEntry, _BROUGHT)
        .where(
            Lot.shop_id == shop_id,
            Lot.card_id == card_id,
            Lot.unit == unit,
            Lot.ends_on == on,
            Lot.remaining > 0,
            _by_purchase(),
        )
    ).one()
    return int(row[0]), row[1]


_BROUGHT = and_(LedgerEntry.shop_id == Lot.shop_id, LedgerEntry.id == Lot.entry_id)


def _by_purchase() -> ColumnElement[bool]:
    """Return the condition that a visit brought it, or a paper card that was filled by visits: not a gift."""
    return or_(LedgerEntry.visit_id.is_not(None), LedgerEntry.kind == "migrate")
