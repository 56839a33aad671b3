"""Closed days move the ends of what is on the cards, and give them back when the shop opens after all.

Flush, never commit. Every end is worked out anew from the lot's own last day by the rule (Lot.ends_on), so that
it does not matter how often or in which order closed days were entered.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from app.cards.models import Card, Lot
from app.kit.clock import kst_day, start_of_day
from app.shops import calendar_rules, closures

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Moved:
    """How many people's stamps or points have a new end, and the latest of their new last days."""

    people: int
    until: date | None


def move_ends(session: Any, *, shop_id: int, now: datetime) -> Moved:
    """Bring the ends of everything that is still there to what the shop's closed days say. The cards are held."""
    living = (
        Lot.shop_id == shop_id,
        Lot.remaining > 0,
        Lot.expires_at.is_not(None),
        # What ended unseen while its shop was closed, and was not yet taken away, comes back.
        Lot.expires_at > now - timedelta(days=calendar_rules.BACK_MAX),
    )
    pairs = session.execute(select(Lot.ends_on, Lot.expires_at).where(*living).distinct()).all()
    if not pairs:
        return Moved(0, None)
    ends = [_plain_end(row.ends_on, row.expires_at) for row in pairs]
    closed = closures.days_around(session, shop_id=shop_id, first=min(ends), last=max(ends))
    cards: set[int] = set()
    latest: date | None = None
    for row in pairs:
        end = _new_end(row.ends_on, row.expires_at, closed=closed, now=now)
        if end == row.expires_at:
            continue
        moved = session.scalars(
            update(Lot)
            .where(*living, Lot.ends_on.is_not_distinct_from(row.ends_on), Lot.expires_at == row.expires_at)
            .values(expires_at=end)
            .returning(Lot.card_id)
            .execution_options(synchronize_session=False)
        ).all()
        cards.update(moved)
        latest = max(filter(None, (latest, kst_day(end) - _DAY)))
    _note_nearest(session, shop_id=shop_id, cards=cards)
    session.expire_all()
    return Moved(len(cards), latest)


def _plain_end(ends_on: date | None, expires_at: datetime) -> date:
    return ends_on if ends_on is not None else kst_day(expires_at) - _DAY


def _new_end(
    ends_on: date | None, expires_at: datetime, *, closed: Collection[date], now: datetime
) -> datetime:
    """Return the moment from which on it no longer counts."""
    if ends_on is None:  # a day somebody was promised: it only moves off closed days
        return start_of_day(calendar_rules.shifted(_plain_end(None, expires_at), closed) + _DAY)
    last = kst_day(expires_at) - _DAY
    return start_of_day(calendar_rules.moved(ends_on, closed, last=last, today=kst_day(now)) + _DAY)


def _note_nearest(session: Any, *, shop_id: int, cards: Collection[int]) -> None:
    nearest = (
        select(func.min(Lot.expires_at))
        .where(Lot.shop_id == shop_id, Lot.card_id == Card.id, Lot.remaining > 0)
        .scalar_subquery()
    )
    ids = sorted(cards)
    for start in range(0, len(ids), 500):
        session.execute(
            update(Card)
            .where(Card.shop_id == shop_id, Card.id.in_(ids[start : start + 500]))
            .values(expires_at=nearest, changed=Card.changed + 1)
            .execution_options(synchronize_session=False)
        )
