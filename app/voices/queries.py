"""Reads about voices, shaped for pages. A complaint is read by the owner alone (rules.may_hear)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, case, func, or_, select

from app.customers.models import Customer
from app.extensions import db
from app.reviews.models import Review
from app.voices.care_models import VoiceCause, VoiceCauseMark, VoiceHandover
from app.voices.models import Voice, VoiceLine
from app.voices.rules import COMPLAINT, due_at


@dataclass(frozen=True)
class ThreadLine:
    """One matter in a list: what it is about and what was said last."""

    id: int
    customer_id: int | None
    name: str
    kind: str
    opened_at: datetime
    waiting_since: datetime | None
    closed_at: datetime | None
    last: str
    last_at: datetime
    source: str
    answered_at: datetime | None
    due_at: datetime | None

    @property
    def due(self) -> datetime | None:
        """Until when the shop's answer is due; None when nobody waits."""
        return due_at(
            self.kind,
            waiting_since=self.waiting_since,
            first_due=self.due_at if self.answered_at is None else None,
        )


@dataclass(frozen=True)
class ThreadPage:
    """Some matters; `after` asks for the next closed ones, None at the end."""

    open: list[ThreadLine]
    done: list[ThreadLine]
    after: int | None


def threads_of(*, shop_id: int, customer_id: int, limit: int = 50) -> list[ThreadLine]:
    """Return a person's own matters, the newest first."""
    return _list(shop_id, Voice.customer_id == customer_id, order=(Voice.id.desc(),), limit=limit)


def threads(
    shop_id: int,
    *,
    role: str,
    staff_id: int | None = None,
    kind: str = "",
    cause: str = "",
    after: int | None = None,
    limit: int = 20,
) -> ThreadPage:
    """Return the shop's matters for a role: the open ones, then the settled ones; of one kind or cause when named.

    On top the complaints that wait for an answer, then whoever else waits, each the longest first; then the rest.
    """
    only = [*_for_ears(role, staff_id), *([Voice.kind == kind] if kind else [])]
    if cause:
        only.append(_has_cause(cause))
    is_calm = and_(Voice.waiting_since.is_not(None), Voice.kind != COMPLAINT)
    waiting = (Voice.waiting_since.is_(None), is_calm, Voice.waiting_since, Voice.id.desc())
    still_open = [] if after else _list(shop_id, Voice.closed_at.is_(None), *only, order=waiting, limit=100)
    where = [Voice.closed_at.is_not(None), *only, *([Voice.id < after] if after else [])]
    found = _list(shop_id, *where, order=(Voice.id.desc(),), limit=limit + 1)
    done = found[:limit]
    return ThreadPage(still_open, done, done[-1].id if len(found) > limit else None)


def _has_cause(name: str) -> ColumnElement[bool]:
    return (
        select(VoiceCauseMark.voice_id)
        .join(
            VoiceCause,
            (VoiceCause.shop_id == VoiceCauseMark.shop_id) & (VoiceCause.id == VoiceCauseMark.cause_id),
        )
        .where(
            VoiceCauseMark.shop_id == Voice.shop_id,
            VoiceCauseMark.voice_id == Voice.id,
            VoiceCause.name == name,
        )
        .exists()
    )


def _for_ears(role: str, staff_id: int | None = None) -> list[Any]:
    if role == "owner":
        return []
    if role == "manager":
        return [Voice.kind != COMPLAINT]
    newest = (
        select(VoiceHandover.to_staff)
        .where(VoiceHandover.shop_id == Voice.shop_id, VoiceHandover.voice_id == Voice.id)
        .order_by(VoiceHandover.id.desc())
        .limit(1)
        .correlate(Voice)
        .scalar_subquery()
    )
    return [Voice.kind != COMPLAINT, newest == (staff_id or 0)]


def _list(shop_id: int, *where: Any, order: tuple[Any, ...], limit: int) -> list[ThreadLine]:
    newest = (
        select(func.max(VoiceLine.id))
        .where(VoiceLine.shop_id == Voice.shop_id, VoiceLine.voice_id == Voice.id)
        .correlate(Voice)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Voice.id,
            Voice.customer_id,
            func.coalesce(Customer.name, ""),
            Voice.kind,
            Voice.opened_at,
            Voice.waiting_since,
            Voice.closed_at,
            VoiceLine.text,
            VoiceLine.at,
            Voice.source,
            Voice.answered_at,
            Voice.due_at,
        )
        .outerjoin(Customer, (Customer.shop_id == Voice.shop_id) & (Customer.id == Voice.customer_id))
        .join(VoiceLine, (VoiceLine.shop_id == Voice.shop_id) & (VoiceLine.id == newest))
        .where(Voice.shop_id == shop_id, *where)
        .order_by(*order)
        .limit(limit)
    )
    return [ThreadLine(*list(row)) for row in rows]


@dataclass(frozen=True)
class Waiting:
    """Who waits for the shop's answer."""

    complaints: int
    complaint_since: datetime | None  # the one who waits longest
    others: int
    complaint_due: datetime | None  # the answer that is due next


def waiting(shop_id: int, *, role: str, staff_id: int | None = None) -> Waiting:
    """Count for the home screen what waits for an answer; complaints for the owner alone, staff what is in their hands."""
    first_due = case((Voice.answered_at.is_(None), Voice.due_at))
    again_since = case((Voice.answered_at.is_not(None), Voice.waiting_since))
    rows = db.session.execute(
        select(
            Voice.kind,
            func.count(),
            func.min(Voice.waiting_since),
            func.min(first_due),
            func.min(again_since),
        )
        .where(
            Voice.shop_id == shop_id,
            Voice.closed_at.is_(None),
            Voice.waiting_since.is_not(None),
            *_for_ears(role, staff_id),
        )
        .group_by(Voice.kind)
    ).all()
    found = {row[0]: row for row in rows}
    complaints = found.pop(COMPLAINT, None)
    others = sum(int(row[1]) for row in found.values())
    if complaints is None:
        return Waiting(0, None, others, None)
    _kind, count, since, first, again = complaints
    again = due_at(COMPLAINT, waiting_since=again)
    return Waiting(int(count), since, others, min((due for due in (first, again) if due), default=None))


def said_between(shop_id: int, *, role: str, since: datetime, until: datetime) -> tuple[int, int]:
    """Count what was brought up from `since` until `until`, and of it what the shop answered, as far as a role hears."""
    opened, answered = db.session.execute(
        select(func.count(), func.count(Voice.answered_at)).where(
            Voice.shop_id == shop_id, Voice.opened_at >= since, Voice.opened_at < until, *_for_ears(role)
        )
    ).one()
    return int(opened), int(answered)


@dataclass(frozen=True)
class LastWords:
    """What a person said last to the shop, for the panel; `reviews`: how many they left."""

    kind: str | None
    text: str
    at: datetime | None
    reviews: int


_NEWEST = (
    select(func.max(Voice.id))
    .where(
        Voice.shop_id == Customer.shop_id,
        Voice.customer_id == Customer.id,
        or_(bindparam("owner", type_=Boolean), Voice.kind != COMPLAINT),
    )
    .correlate(Customer)
    .scalar_subquery()
)
_SAID_LAST = (
    select(func.max(VoiceLine.id))
    .where(VoiceLine.shop_id == Voice.shop_id, VoiceLine.voice_id == Voice.id, VoiceLine.staff_id.is_(None))
    .correlate(Voice)
    .scalar_subquery()
)
# Asked with every stamp: one statement, built once, that follows the person's own rows.
_LAST_WORDS = (
    select(
        Voice.kind,
        VoiceLine.text,
        VoiceLine.at,
        select(func.count(Review.id))
        .where(Review.shop_id == Customer.shop_id, Review.customer_id == Customer.id)
        .correlate(Customer)
        .scalar_subquery(),
    )
    .select_from(Customer)
    .outerjoin(Voice, (Voice.shop_id == Customer.shop_id) & (Voice.id == _NEWEST))
    .outerjoin(VoiceLine, (VoiceLine.shop_id == Voice.shop_id) & (VoiceLine.id == _SAID_LAST))
    .where(Customer.shop_id == bindparam("shop"), Customer.id == bindparam("customer"))
)


def last_words(*, shop_id: int, customer_id: int, role: str) -> LastWords:
    """Return what a person said last in their newest matter that a role may hear, and how many reviews they left.

    Raises NoResultFound for another shop's person.
    """
    which = {"shop": shop_id, "customer": customer_id, "owner": role == "owner"}
    kind, text, at, reviews = db.session.execute(_LAST_WORDS, which).one()
    return LastWords(kind if at else None, text or "", at, int(reviews))


@dataclass(frozen=True)
class MySaid:
    """One line a person said or was told, for the file they take along."""

    kind: str
    text: str
    by_shop: bool
    at: datetime


def everything_said(*, shop_id: int, customer_id: int) -> list[MySaid]:
    """Return everything in a person's threads, oldest first."""
    rows = db.session.execute(
        select(Voice.kind, VoiceLine.text, VoiceLine.staff_id.is_not(None), VoiceLine.at)
        .join(VoiceLine, (VoiceLine.shop_id == Voice.shop_id) & (VoiceLine.voice_id == Voice.id))
        .where(Voice.shop_id == shop_id, Voice.customer_id == customer_id)
        .order_by(VoiceLine.id)
    )
    return [MySaid(row[0], row[1], bool(row[2]), row[3]) for row in rows]
