"""Reads for whoever answers: causes and answers at hand, what may be offered, who this person is, how causes add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from app.coupons.models import CouponKind
from app.extensions import db
from app.voices.care_models import (
    ReadyAnswer,
    VoiceCause,
    VoiceCauseMark,
    VoiceFix,
    VoiceOffer,
    VoiceSetting,
)
from app.voices.care_rules import WARN_SPAN, living_causes
from app.voices.models import Voice, VoiceLine
from app.voices.rules import ANSWER_WITHIN, COMPLAINT


def causes(shop_id: int) -> list[str]:
    """Return the names a cause is chosen from: those every shop begins with and its own, without those let go of."""
    rows = db.session.execute(
        select(VoiceCause.name, VoiceCause.ended_at)
        .where(VoiceCause.shop_id == shop_id)
        .order_by(VoiceCause.id)
    ).all()
    return living_causes((row.name, row.ended_at is not None) for row in rows)


def answer_hours(shop_id: int) -> int:
    """Return within how many hours the shop answers a complaint."""
    hours = db.session.scalar(select(VoiceSetting.answer_hours).where(VoiceSetting.shop_id == shop_id))
    return hours or int(ANSWER_WITHIN.total_seconds()) // 3600


def causes_of(shop_id: int, voice_id: int) -> list[str]:
    """Return the causes of a voice by name."""
    return list(
        db.session.scalars(
            select(VoiceCause.name)
            .join(
                VoiceCauseMark,
                (VoiceCauseMark.shop_id == VoiceCause.shop_id) & (VoiceCauseMark.cause_id == VoiceCause.id),
            )
            .where(VoiceCause.shop_id == shop_id, VoiceCauseMark.voice_id == voice_id)
            .order_by(VoiceCause.id)
        )
    )


@dataclass(frozen=True)
class Ready:
    """An answer at hand."""

    id: int
    name: str
    text: str


def ready_answers(shop_id: int) -> list[Ready]:
    """Return the shop's answers at hand, by name."""
    rows = db.session.execute(
        select(ReadyAnswer.id, ReadyAnswer.name, ReadyAnswer.text)
        .where(ReadyAnswer.shop_id == shop_id)
        .order_by(ReadyAnswer.name)
    )
    return [Ready(*row) for row in rows]


def offers(shop_id: int) -> list[tuple[int, str]]:
    """Return (kind, name) of the recovery coupons a shop may offer in a thread."""
    rows = db.session.execute(
        select(CouponKind.id, CouponKind.name)
        .where(
            CouponKind.shop_id == shop_id,
            CouponKind.rule == "recovery",
            CouponKind.ended_at.is_(None),
            or_(CouponKind.total == 0, CouponKind.issued < CouponKind.total),
        )
        .order_by(CouponKind.id)
    )
    return [(row.id, row.name) for row in rows]


@dataclass(frozen=True)
class Earlier:
    """Another matter of the same person."""

    id: int
    kind: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Past:
    """What a person said before: other matters, and how often they complained and were given a coupon in half a year."""

    earlier: list[Earlier]
    complaints: int
    coupons: int


def past_of(*, shop_id: int, customer_id: int, but: int, role: str, now: datetime) -> Past:
    """Return a person's other matters, the newest first, as far as a role hears; `but`: the one that is open."""
    heard = [] if role == "owner" else [Voice.kind != COMPLAINT]
    first = (
        select(func.min(VoiceLine.id))
        .where(VoiceLine.shop_id == Voice.shop_id, VoiceLine.voice_id == Voice.id)
        .correlate(Voice)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Voice.id, Voice.kind, VoiceLine.text, Voice.opened_at)
        .join(VoiceLine, (VoiceLine.shop_id == Voice.shop_id) & (VoiceLine.id == first))
        .where(Voice.shop_id == shop_id, Voice.customer_id == customer_id, Voice.id != but, *heard)
        .order_by(Voice.id.desc())
        .limit(5)
    )
    since = now - WARN_SPAN
    mine = (Voice.shop_id == shop_id, Voice.customer_id == customer_id)
    complaints = db.session.scalar(
        select(func.count(Voice.id)).where(*mine, Voice.kind == COMPLAINT, Voice.opened_at > since)
    )
    coupons = db.session.scalar(
        select(func.count(VoiceOffer.id))
        .join(Voice, (Voice.shop_id == VoiceOffer.shop_id) & (Voice.id == VoiceOffer.voice_id))
        .where(*mine, VoiceOffer.taken_at > since)
    )
    return Past([Earlier(*row) for row in rows], int(complaints or 0), int(coupons or 0))


@dataclass(frozen=True)
class CauseLine:
    """A cause over a period: how many voices had it then, how many ever; `people`: whom "고쳤어요" would reach."""

    id: int
    name: str
    lately: int
    ever: int
    people: int
    ended: bool


def cause_counts(shop_id: int, *, since: datetime) -> list[CauseLine]:
    """Return the shop's causes that were said, the commonest of the period first."""
    lately = func.count(Voice.id).filter(Voice.opened_at >= since)
    rows = db.session.execute(
        select(
            VoiceCause.id,
            VoiceCause.name,
            lately,
            func.count(Voice.id),
            func.count(func.distinct(Voice.customer_id)),
            VoiceCause.ended_at.is_not(None),
        )
        .join(
            VoiceCauseMark,
            (VoiceCauseMark.shop_id == VoiceCause.shop_id) & (VoiceCauseMark.cause_id == VoiceCause.id),
        )
        .join(Voice, (Voice.shop_id == VoiceCauseMark.shop_id) & (Voice.id == VoiceCauseMark.voice_id))
        .where(VoiceCause.shop_id == shop_id)
        .group_by(VoiceCause.id)
        .order_by(lately.desc(), VoiceCause.id)
    )
    return [CauseLine(row[0], row[1], int(row[2]), int(row[3]), int(row[4]), bool(row[5])) for row in rows]


@dataclass(frozen=True)
class FixLine:
    """What was told about a cause. `done`: everyone was told."""

    id: int
    text: str
    at: datetime
    told: int
    on_card: int
    nameless: int
    done: bool


def fixes(shop_id: int, cause_id: int) -> list[FixLine]:
    """Return what was told about a cause, the newest first."""
    rows = db.session.scalars(
        select(VoiceFix)
        .where(VoiceFix.shop_id == shop_id, VoiceFix.cause_id == cause_id)
        .order_by(VoiceFix.id.desc())
        .limit(10)
    )
    return [
        FixLine(row.id, row.text, row.at, row.told, row.on_card, row.nameless, row.done_at is not None)
        for row in rows
    ]
