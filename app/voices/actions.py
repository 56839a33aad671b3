"""Changes to voices and their lines. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from app.kit.clock import kst_day, start_of_day
from app.reviews.models import Photo
from app.voices.care_models import VoiceCauseMark, VoiceHandover, VoiceOffer, VoicePhoto, VoiceSetting
from app.voices.models import Voice, VoiceLine
from app.voices.rules import ANSWER_WITHIN, COMPLAINT, is_left


def whose(session: Any, *, shop_id: int, voice_id: int) -> int | None:
    """Return the customer of a voice of this shop."""
    found: int | None = session.scalar(
        select(Voice.customer_id).where(Voice.shop_id == shop_id, Voice.id == voice_id)
    )
    return found


def voice(session: Any, *, shop_id: int, voice_id: int) -> Voice | None:
    """Return a voice of this shop, held until the flow ends (PostgreSQL)."""
    found: Voice | None = session.scalar(
        select(Voice).where(Voice.shop_id == shop_id, Voice.id == voice_id).with_for_update()
    )
    return found


def voice_of_review(session: Any, *, shop_id: int, review_id: int) -> Voice | None:
    """Return the voice that a review opened."""
    found: Voice | None = session.scalar(
        select(Voice).where(Voice.shop_id == shop_id, Voice.review_id == review_id).with_for_update()
    )
    return found


def line_by_once(session: Any, *, shop_id: int, once: str) -> VoiceLine | None:
    """Return what this once-key said before."""
    found: VoiceLine | None = session.scalar(
        select(VoiceLine).where(VoiceLine.shop_id == shop_id, VoiceLine.once == once)
    )
    return found


def said_today(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> int:
    """Return how many lines a person said on this Korean day; not what the shop wrote down of what it heard or read."""
    today = kst_day(now)
    heard = (Voice.shop_id == shop_id, Voice.customer_id == customer_id, Voice.heard_by.is_not(None))
    return int(
        session.scalar(
            select(func.count(VoiceLine.id)).where(
                VoiceLine.shop_id == shop_id,
                # By the voices' ids and not by a join: the planner would otherwise read every line of the shop.
                VoiceLine.voice_id.in_(
                    select(Voice.id).where(Voice.shop_id == shop_id, Voice.customer_id == customer_id)
                ),
                VoiceLine.staff_id.is_(None),
                VoiceLine.once.not_like("review:%"),
                VoiceLine.id.not_in(
                    select(func.min(VoiceLine.id))
                    .where(
                        VoiceLine.shop_id == shop_id, VoiceLine.voice_id.in_(select(Voice.id).where(*heard))
                    )
                    .group_by(VoiceLine.voice_id)
                ),
                VoiceLine.at >= start_of_day(today),
                VoiceLine.at < start_of_day(today + timedelta(days=1)),
            )
        )
    )


def answer_within(session: Any, *, shop_id: int) -> timedelta:
    """Return within how long the shop answers a complaint, as it decided."""
    hours = session.scalar(select(VoiceSetting.answer_hours).where(VoiceSetting.shop_id == shop_id))
    return timedelta(hours=hours) if hours else ANSWER_WITHIN


def open_voice(
    session: Any,
    *,
    shop_id: int,
    customer_id: int | None,
    kind: str,
    now: datetime,
    review_id: int | None = None,
    source: str | None = None,
    heard_by: int | None = None,
    said_at: datetime | None = None,
) -> Voice:
    """Begin a matter; a complaint's clock begins now. Raises IntegrityError when the review has opened one.

    `heard_by`: who of the shop writes down what was said elsewhere, at `said_at`.
    """
    made = Voice(
        shop_id=shop_id,
        customer_id=customer_id,
        kind=kind,
        review_id=review_id,
        source=source or ("review" if review_id is not None else "card"),
        heard_by=heard_by,
        opened_at=said_at or now,
        waiting_since=now,
        due_at=now + answer_within(session, shop_id=shop_id) if kind == COMPLAINT else None,
    )
    session.add(made)
    session.flush()
    return made


def add_line(
    session: Any,
    *,
    voice: Voice,
    text: str,
    once: str,
    now: datetime,
    staff_id: int | None = None,
    to_many: bool = False,
) -> VoiceLine:
    """Say one thing in a thread. The customer's line reopens it; the shop's ends the waiting.

    `to_many`: the shop tells it to everybody it concerns; whoever waits for an answer of their own goes on waiting.
    Raises IntegrityError when the once-key was used.
    """
    line = VoiceLine(
        shop_id=voice.shop_id, voice_id=voice.id, staff_id=staff_id, text=text, once=once, at=now
    )
    session.add(line)
    if staff_id is None:
        reopen(session, voice=voice, waits=True, now=now)
    elif not to_many:
        voice.waiting_since = voice.again_due_at = None
        voice.answered_at = voice.answered_at or now
        mark_read(session, shop_id=voice.shop_id, voice_id=voice.id, by_customer=False, now=now)
    session.flush()
    return line


def hang_photos(session: Any, *, line: VoiceLine, photo_ids: Sequence[int]) -> None:
    """Let photos that were kept hang on what was said."""
    session.add_all(
        VoicePhoto(shop_id=line.shop_id, line_id=line.id, photo_id=photo_id) for photo_id in photo_ids
    )
    session.flush()


def close(
    session: Any,
    *,
    voice: Voice,
    now: datetime,
    staff_id: int | None = None,
    note: str = "",
    is_spoken: bool = False,
) -> None:
    """Note that the matter is settled: by who of the shop, or (None) by the customer's own word.

    `is_spoken`: the shop answered aloud, which no line tells of.
    """
    voice.closed_at, voice.closed_by, voice.closed_note, voice.waiting_since = now, staff_id, note, None
    if is_spoken:
        voice.answered_at = voice.answered_at or now
    if staff_id is not None:
        mark_read(session, shop_id=voice.shop_id, voice_id=voice.id, by_customer=False, now=now)
    session.flush()


def reopen(session: Any, *, voice: Voice, waits: bool, now: datetime) -> None:
    """Open a settled matter again. `waits`: for the shop's answer, as when the customer asks for it."""
    if voice.closed_at is not None:
        voice.reopened_at = now
    voice.closed_at = voice.closed_by = None
    voice.closed_note = ""
    if waits and voice.waiting_since is None:
        voice.waiting_since = now
        if voice.kind == COMPLAINT:
            due = now + answer_within(session, shop_id=voice.shop_id)
            if voice.answered_at is None:  # it was settled without an answer: its clock begins anew
                voice.due_at = due
            else:
                voice.again_due_at = due
    session.flush()


def take_back_closing(session: Any, *, voice: Voice, now: datetime) -> None:
    """The shop opens again what it had closed, with all that the closing said: an answer said aloud is none any more.

    Whom nobody answered waits again, until when they waited before: no clock begins anew by closing and opening.
    Who had their data erased waits for nothing.
    """
    reopen(session, voice=voice, waits=False, now=now)
    if is_left(voice.customer_id, voice.source):
        return
    if voice.answered_at is not None and not _is_written(session, voice=voice, at=voice.answered_at):
        voice.answered_at = None
    if voice.answered_at is None:
        voice.waiting_since = voice.opened_at
    session.flush()


def _is_written(session: Any, *, voice: Voice, at: datetime) -> bool:
    """Tell whether the shop's answer of that moment stands in the thread."""
    found = session.scalar(
        select(VoiceLine.id)
        .where(
            VoiceLine.shop_id == voice.shop_id,
            VoiceLine.voice_id == voice.id,
            VoiceLine.staff_id.is_not(None),
            VoiceLine.at == at,
        )
        .limit(1)
    )
    return found is not None


def unread_answer(session: Any, *, shop_id: int, voice_id: int) -> bool:
    """Tell whether an answer of the shop lies there that the customer has not opened yet."""
    found = session.scalar(
        select(VoiceLine.id)
        .where(
            VoiceLine.shop_id == shop_id,
            VoiceLine.voice_id == voice_id,
            VoiceLine.staff_id.is_not(None),
            VoiceLine.read_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


def unread_lines(session: Any, *, shop_id: int, voice_id: int) -> list[int]:
    """Return the shop's answers that the customer has not opened yet."""
    return list(
        session.scalars(
            select(VoiceLine.id).where(
                VoiceLine.shop_id == shop_id,
                VoiceLine.voice_id == voice_id,
                VoiceLine.staff_id.is_not(None),
                VoiceLine.read_at.is_(None),
            )
        )
    )


def mark_read(session: Any, *, shop_id: int, voice_id: int, by_customer: bool, now: datetime) -> None:
    """Note that one side saw what the other said."""
    others = VoiceLine.staff_id.is_not(None) if by_customer else VoiceLine.staff_id.is_(None)
    session.execute(
        update(VoiceLine)
        .where(
            VoiceLine.shop_id == shop_id, VoiceLine.voice_id == voice_id, others, VoiceLine.read_at.is_(None)
        )
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Delete everything a person said to the shop alone, what it answered, and what hung on it."""
    mine = select(Voice.id).where(Voice.shop_id == shop_id, Voice.customer_id == customer_id)
    lines = select(VoiceLine.id).where(VoiceLine.shop_id == shop_id, VoiceLine.voice_id.in_(mine))
    # Theirs may hang in a thread that went back to another person when a merge was undone.
    pictures = select(Photo.id).where(Photo.shop_id == shop_id, Photo.customer_id == customer_id)
    session.execute(
        delete(VoicePhoto)
        .where(
            VoicePhoto.shop_id == shop_id,
            or_(VoicePhoto.line_id.in_(lines), VoicePhoto.photo_id.in_(pictures)),
        )
        .execution_options(synchronize_session=False)
    )
    for table in (VoiceOffer, VoiceHandover, VoiceCauseMark):
        session.execute(
            delete(table)
            .where(table.shop_id == shop_id, table.voice_id.in_(mine))
            .execution_options(synchronize_session=False)
        )
    session.execute(
        delete(VoiceLine)
        .where(VoiceLine.shop_id == shop_id, VoiceLine.voice_id.in_(mine))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(Voice)
        .where(Voice.shop_id == shop_id, Voice.customer_id == customer_id)
        .execution_options(synchronize_session=False)
    )


def unname(session: Any, *, shop_id: int, voice_id: int, left: str, now: datetime) -> None:
    """Part a matter that goes on without them from who brought it up: `left` stands for everything that was said.

    Call before the person's voices are deleted: this one is nobody's from now on, and waits for no answer.
    """
    lines = select(VoiceLine.id).where(VoiceLine.shop_id == shop_id, VoiceLine.voice_id == voice_id)
    for table, which in (
        (VoicePhoto, VoicePhoto.line_id.in_(lines)),
        (VoiceOffer, VoiceOffer.voice_id == voice_id),
        (VoiceLine, VoiceLine.voice_id == voice_id),
    ):
        session.execute(
            delete(table).where(table.shop_id == shop_id, which).execution_options(synchronize_session=False)
        )
    session.add(VoiceLine(shop_id=shop_id, voice_id=voice_id, text=left, once=f"left:{voice_id}", at=now))
    session.execute(
        update(Voice)
        .where(Voice.shop_id == shop_id, Voice.id == voice_id)
        .values(customer_id=None, waiting_since=None, again_due_at=None, closed_note="")
        .execution_options(synchronize_session="fetch")
    )
    session.flush()
