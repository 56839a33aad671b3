"""Reads about phones that wait for a card, and about people who were two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.customers.models import Customer, Merge, NewPhone
from app.extensions import db
from app.kit.signing import token_hash

# So long two people who were made one can be parted again, and what both had said is kept for it.
CAN_PART_FOR = timedelta(days=30)
# A page that slept finds its way to the card for so long.
_TOLD_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Waiting:
    """A phone at the counter that waits for a card."""

    id: int
    word: str
    made_at: datetime


@dataclass(frozen=True)
class MergeLine:
    """A card that went into this person's. how: code | counter | owner."""

    id: int
    at: datetime
    how: str
    stamps: int
    points: int
    can_undo: bool


def waiting_word(*, shop_id: int, browser_token: str, now: datetime) -> str | None:
    """Return the word under which this browser waits, or None."""
    return db.session.scalar(
        select(NewPhone.word).where(
            NewPhone.shop_id == shop_id,
            NewPhone.browser_hash == token_hash(browser_token),
            NewPhone.state == "waiting",
            NewPhone.expires_at > now,
        )
    )


def was_given(*, shop_id: int, browser_token: str, now: datetime) -> bool:
    """Tell whether a card was moved to this browser a moment ago."""
    found = db.session.scalar(
        select(NewPhone.id)
        .where(
            NewPhone.shop_id == shop_id,
            NewPhone.browser_hash == token_hash(browser_token),
            NewPhone.state == "given",
            NewPhone.decided_at > now - _TOLD_FOR,
        )
        .limit(1)
    )
    return found is not None


def waiting_phones(*, shop_id: int, now: datetime) -> list[Waiting]:
    """Return the phones that wait for a card, the one that asked last on top."""
    rows = db.session.execute(
        select(NewPhone.id, NewPhone.word, NewPhone.made_at)
        .where(NewPhone.shop_id == shop_id, NewPhone.state == "waiting", NewPhone.expires_at > now)
        .order_by(NewPhone.id.desc())
        .limit(20)
    )
    return [Waiting(*row) for row in rows]


def merges_of(*, shop_id: int, customer_id: int, now: datetime) -> list[MergeLine]:
    """Return which cards went into a person's, the newest first; only the newest can be taken apart.

    A card that brought nothing but its phone is none to speak of.
    """
    rows = db.session.execute(
        select(Merge.id, Merge.at, Merge.how, Merge.stamps, Merge.points, Merge.before)
        .where(Merge.shop_id == shop_id, Merge.kept_id == customer_id, Merge.undone_at.is_(None))
        .order_by(Merge.id.desc())
    ).all()
    shown = [row for row in rows if row.before or row.stamps or row.points]
    return [
        MergeLine(
            row.id,
            row.at,
            row.how,
            row.stamps,
            row.points,
            can_undo=place == 0 and bool(row.before) and now - row.at <= CAN_PART_FOR,
        )
        for place, row in enumerate(shown)
    ]


def went_into(*, shop_id: int, customer_id: int) -> int | None:
    """Return into whom a person of this shop went, or None."""
    return db.session.scalar(
        select(Customer.merged_into_id).where(Customer.shop_id == shop_id, Customer.id == customer_id)
    )


def now_is(*, shop_id: int, customer_id: int) -> int:
    """Return who a person is by now: themselves, or the one they went into."""
    into = went_into(shop_id=shop_id, customer_id=customer_id)
    return customer_id if into is None else now_is(shop_id=shop_id, customer_id=into)


def who_keeps(*, shop_id: int, one: int, other: int) -> tuple[int, int]:
    """Return (kept, gone) of two people: who has a proven number keeps the card, then a number, then the older."""
    rows = db.session.execute(
        select(Customer.id, Customer.phone_checked_at, Customer.phone).where(
            Customer.shop_id == shop_id, Customer.id.in_((one, other))
        )
    ).all()
    best = sorted(rows, key=lambda row: (row.phone_checked_at is None, row.phone is None, row.id))
    return (best[0].id, best[1].id) if len(best) == 2 else (one, other)


def people_in(session: Any, *, shop_id: int, customer_id: int) -> list[int]:
    """Return a person and everybody who went into them by now, and into those."""
    found, todo = [customer_id], [customer_id]
    while todo:
        into = (Merge.shop_id == shop_id, Merge.kept_id.in_(todo), Merge.undone_at.is_(None))
        todo = list(session.scalars(select(Merge.gone_id).where(*into)))
        found += todo
    return found
