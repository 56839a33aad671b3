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
from app.messages import registry, tries
from app.messages.contract import BY_HAND, CARD
from app.messages.models import Message
from app.messages.way_models import MessageSettings

# Whoever opens the card by then has read it there; after that it goes to the owner's list.
PATIENCE = timedelta(days=10)
# A further way that waits as well has so long before the next one takes its place.
_NEXT_PATIENCE = timedelta(days=1)
_LONGEST = timedelta(days=31)
_REACHED = ("sent", "delivered", "unknown")
_WAITS = ("ready", "claimed")
_ON_ITS_WAY = (*_WAITS, "sending")
_PAGE = 500
_OF_NOTICE = (
    Message.id,
    Message.customer_id,
    Message.kind,
    Message.cause,
    Message.channel,
    Message.state,
    Message.created_at,
)


@dataclass(frozen=True)
class Unreached:
    """A notice that has to be told some other way: to whom, and its row on the card."""

    shop_id: int
    customer_id: int
    row_id: int


@dataclass(frozen=True)
class Untold:
    """The same, its rows held: the ways it has taken, and those of its rows that wait on one."""

    row: Message
    tried: frozenset[str]
    waiting: tuple[int, ...]


def kinds() -> list[str]:
    """Return the kinds of notice that have to reach somebody."""
    return [key for key, kind in registry.kinds().items() if kind.must_reach]


def unreached(shop_id: int, *, now: datetime) -> list[Unreached]:
    """Return which notices of a shop need another way at this moment.

    At once when the way it took failed; after ten days when it only lies on a card that nobody opened, or
    waits on its way: it is taken off that one first (`held`).
    """
    found: list[Unreached] = []
    after = 0
    while rows := _rows(shop_id, after=after, now=now):
        after = rows[-1].id
        together = _together(shop_id, {row.cause for row in rows})
        found += [
            Unreached(shop_id, row.customer_id, row.id)
            for row in rows
            if _needs_another(together[_whose(row)], now)
        ]
    return found


def held(session: Any, notice: Unreached, *, now: datetime) -> Untold | None:
    """Hold a notice's rows until the flow ends and ask again; None when it needs no other way by now.

    Its person is held already: two clocks ask one after the other. A row that waits and may have gone out all the
    same keeps its way: told twice would be worse than late.
    """
    mine = (Message.shop_id == notice.shop_id, Message.customer_id == notice.customer_id)
    row = session.scalar(select(Message).where(*mine, Message.id == notice.row_id))
    if row is None or row.read_at is not None:
        return None
    every = select(*_OF_NOTICE).where(*mine, Message.kind == row.kind, Message.cause == row.cause)
    rows = session.execute(every.order_by(Message.id).with_for_update()).all()
    if not _needs_another(rows, now):
        return None
    waiting = tuple(each.id for each in rows if each.channel != CARD and each.state in _WAITS)
    if tries.may_have_reached(session, shop_id=notice.shop_id, ids=waiting):
        return None
    return Untold(row, frozenset(each.channel for each in rows), waiting)


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
        select(*_OF_NOTICE).where(
            Message.shop_id == shop_id, Message.cause.in_(causes), Message.kind.in_(kinds())
        )
    ).all()
    found: dict[tuple[int, str, str], list[Any]] = {}
    for row in rows:
        found.setdefault(_whose(row), []).append(row)
    return found


def _whose(row: Any) -> tuple[int, str, str]:
    return row.customer_id, row.kind, row.cause


def _needs_another(mine: Sequence[Any], now: datetime) -> bool:
    travelled = [row for row in mine if row.channel != CARD]
    if any(row.state in (*_REACHED, "sending") or row.channel == BY_HAND for row in travelled):
        return False
    if any(row.state == "cancelled" for row in mine):
        return False  # the person left, or said something newer
    waiting = [row for row in travelled if row.state in _WAITS]
    if travelled and not waiting:
        return True
    if any(row.created_at > now - _NEXT_PATIENCE for row in waiting):
        return False
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
