"""Reads about voices, shaped for pages. A complaint is read by the owner alone (rules.may_hear)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, case, func, or_, select

from app.customers.models import Customer
from app.extensions import db
from app.reviews.models import Review
from app.voices.care_models import VoiceHandover, VoicePhoto
from app.voices.models import Voice, VoiceLine
from app.voices.rules import COMPLAINT, Matter, due_at

# As rules.Matter has them.
MATTER: tuple[Any, ...] = tuple(getattr(Voice, each.name) for each in fields(Matter))


def for_ears(role: str, staff_id: int | None = None) -> list[ColumnElement[bool]]:
    """Return the conditions by which a role hears of a voice; of staff, `staff_id` what is in their hands."""
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


@dataclass(frozen=True)
class Waiting:
    """Who waits for the shop's answer."""

    complaints: int
    complaint_since: datetime | None  # the one who waits longest
    others: int
    complaint_due: datetime | None  # the answer that is due next


def waiting(shop_id: int, *, role: str, staff_id: int | None = None) -> Waiting:
    """Count for the home screen what waits for an answer; complaints for the owner alone, staff what is in their hands."""
    set_due = case((Voice.answered_at.is_(None), Voice.due_at), else_=Voice.again_due_at)
    again_since = case(
        (and_(Voice.answered_at.is_not(None), Voice.again_due_at.is_(None)), Voice.waiting_since)
    )
    rows = db.session.execute(
        select(
            Voice.kind,
            func.count(),
            func.min(Voice.waiting_since),
            func.min(set_due),
            func.min(again_since),
        )
        .where(
            Voice.shop_id == shop_id,
            Voice.closed_at.is_(None),
            Voice.waiting_since.is_not(None),
            *for_ears(role, staff_id),
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
            Voice.shop_id == shop_id, Voice.opened_at >= since, Voice.opened_at < until, *for_ears(role)
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
    photos: int  # that came with it


def everything_said(*, shop_id: int, customer_id: int) -> list[MySaid]:
    """Return everything in a person's threads, oldest first."""
    photos = (
        select(func.count())
        .where(VoicePhoto.shop_id == VoiceLine.shop_id, VoicePhoto.line_id == VoiceLine.id)
        .correlate(VoiceLine)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Voice.kind, VoiceLine.text, VoiceLine.staff_id.is_not(None), VoiceLine.at, photos)
        .join(VoiceLine, (VoiceLine.shop_id == Voice.shop_id) & (VoiceLine.voice_id == Voice.id))
        .where(Voice.shop_id == shop_id, Voice.customer_id == customer_id)
        .order_by(VoiceLine.id)
    )
    return [MySaid(row[0], row[1], bool(row[2]), row[3], int(row[4])) for row in rows]
