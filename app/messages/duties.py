"""Notices that the law wants to have reached their person by a day (망법 50조⑦⑧): which have not, yet.

One that lies on a card nobody opened has told nobody anything. Whatever carried it away counts, and so does a
card that was opened since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.extensions import db
from app.messages import registry
from app.messages.contract import BY_HAND, CARD
from app.messages.models import Message
from app.messages.way_models import MessageSettings

# Whoever opens the card by then has read it there; after that it goes to the owner's list.
PATIENCE = timedelta(days=10)
_LONGEST = timedelta(days=31)
_REACHED = ("sent", "delivered", "unknown")
_ON_ITS_WAY = ("ready", "claimed", "sending")
_PAGE = 500


@dataclass(frozen=True)
class Unreached:
    """A notice that has to be told some other way: one row of it, and the ways it has taken."""

    shop_id: int
    row_id: int
    tried: frozenset[str]


def kinds() -> list[str]:
    """Return the kinds of notice that have to reach somebody."""
    return [key for key, kind in registry.kinds().items() if kind.must_reach]


def unreached(shop_id: int, *, now: datetime) -> list[Unreached]:
    """Return which notices of a shop need another way at this moment.

    At once when the way it took failed; after ten days when it only lies on a card that nobody opened, or
    something still waits.
    """
    found: list[Unreached] = []
    after = 0
    while rows := _rows(shop_id, after=after, now=now):
        after = rows[-1].id
        together = _together(shop_id, {row.cause for row in rows})
        found += [
            Unreached(shop_id, row.id, frozenset(each.channel for each in mine))
            for row in rows
            if _needs_another(mine := together[_whose(row)], now)
        ]
    return found


def _rows(shop_id: int, *, after: int, now: datetime) -> Sequence[Any]:
    """Return the rows on cards that may still be told in time, by which the notices are walked."""
    return db.session.execute(
        select(Message.id, Message.customer_id, Message.kind, Message.cause)
        .where(
            Message.shop_id == shop_id,
            Message.kind.in_(kinds()),
            Message.channel == CARD,
            Message.created_at > now - _LONGEST,
            Message.not_after > now,
            Message.read_at.is_(None),
            Message.id > after,
        )
        .order_by(Message.id)
        .limit(_PAGE)
    ).all()


def _together(shop_id: int, causes: set[str]) -> Mapping[tuple[int, str, str], list[Any]]:
    rows = db.session.execute(
        select(
            Message.customer_id,
            Message.kind,
            Message.cause,
            Message.channel,
            Message.state,
            Message.code,
            Message.created_at,
        ).where(Message.shop_id == shop_id, Message.cause.in_(causes), Message.kind.in_(kinds()))
    ).all()
    found: dict[tuple[int, str, str], list[Any]] = {}
    for row in rows:
        found.setdefault(_whose(row), []).append(row)
    return found


def _whose(row: Any) -> tuple[int, str, str]:
    return row.customer_id, row.kind, row.cause


def _needs_another(mine: Sequence[Any], now: datetime) -> bool:
    travelled = [row for row in mine if row.channel != CARD]
    if any(row.state in _REACHED or row.channel == BY_HAND for row in travelled):
        return False
    if any(row.state == "cancelled" for row in mine):
        return False  # the person left, or said something newer
    if travelled and not any(row.state in _ON_ITS_WAY for row in travelled):
        return True
    return min(row.created_at for row in mine) <= now - PATIENCE


@dataclass(frozen=True)
class InHand:
    """Notices that wait for the owner's tap, and by when the first of them must have gone."""

    count: int
    until: datetime | None


def in_hand(shop_id: int, *, now: datetime) -> InHand:
    """Return what of it waits on the owner's own phone."""
    row = db.session.execute(
        select(func.count(Message.id), func.min(Message.not_after)).where(
            Message.shop_id == shop_id,
            Message.kind.in_(kinds()),
            Message.channel == BY_HAND,
            Message.state.in_(_ON_ITS_WAY),
            Message.not_after > now,
        )
    ).one()
    return InHand(*row)


def silence_keeps(shop_id: int) -> bool:
    """Tell whether who says nothing to the two-yearly question keeps the consent."""
    said = db.session.scalar(select(MessageSettings.silence_keeps).where(MessageSettings.shop_id == shop_id))
    return said is not False


@dataclass(frozen=True)
class Told:
    """How a result was told: on which way and when, or that it was not yet."""

    way: str
    at: datetime | None
    read_at: datetime | None


def told(shop_id: int, *, customer_id: int) -> dict[str, list[Told]]:
    """Return how the results of a person's consents and refusals were told, by cause ("consent:12")."""
    rows = db.session.execute(
        select(Message.cause, Message.channel, Message.sent_at, Message.read_at)
        .where(
            Message.shop_id == shop_id,
            Message.customer_id == customer_id,
            Message.kind.in_(kinds()),
            Message.state.in_(_REACHED),
        )
        .order_by(Message.id)
    )
    found: dict[str, list[Told]] = {}
    for cause, channel, sent_at, read_at in rows:
        label = registry.channel(channel).LABEL
        found.setdefault(cause, []).append(Told(label, sent_at, read_at))
    return found
