"""Changes to what a shop does about voices: how soon it answers, answers at hand, hand-overs, offers, what it opens again.

Flush, never commit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select

from app.kit.upsert import insert_into
from app.visits.models import Visit
from app.voices.care_models import (
    ReadyAnswer,
    VoiceHandover,
    VoiceOffer,
    VoiceSetting,
)
from app.voices.models import Voice, VoiceLine
from app.voices.rules import COMPLAINT, is_left


def set_hours(session: Any, *, shop_id: int, hours: int, now: datetime) -> None:
    """Write down within how many hours a complaint is answered; clocks that run go on as they were set."""
    facts = {"answer_hours": hours, "changed_at": now}
    session.execute(
        insert_into(session, VoiceSetting)
        .values(shop_id=shop_id, **facts)
        .on_conflict_do_update(index_elements=["shop_id"], set_=facts)
    )


def ready_count(session: Any, *, shop_id: int, but: str) -> int:
    """Return how many answers the shop has at hand, the one of this name left out."""
    others = (ReadyAnswer.shop_id == shop_id, ReadyAnswer.name != but)
    return int(session.scalar(select(func.count(ReadyAnswer.id)).where(*others)))


def put_ready(session: Any, *, shop_id: int, name: str, text: str, now: datetime) -> None:
    """Have an answer at hand; one of the same name is changed."""
    session.execute(
        insert_into(session, ReadyAnswer)
        .values(shop_id=shop_id, name=name, text=text, at=now)
        .on_conflict_do_update(index_elements=["shop_id", "name"], set_={"text": text, "at": now})
    )


def drop_ready(session: Any, *, shop_id: int, answer_id: int) -> None:
    """Throw an answer away; the second time changes nothing."""
    session.execute(delete(ReadyAnswer).where(ReadyAnswer.shop_id == shop_id, ReadyAnswer.id == answer_id))


def handed_to(session: Any, *, shop_id: int, voice_id: int) -> int | None:
    """Return who of the staff has a voice in hand, or None."""
    found: int | None = session.scalar(
        select(VoiceHandover.to_staff)
        .where(VoiceHandover.shop_id == shop_id, VoiceHandover.voice_id == voice_id)
        .order_by(VoiceHandover.id.desc())
        .limit(1)
    )
    return found


def hand_over(session: Any, *, voice: Voice, to_staff: int, by_staff: int, now: datetime) -> VoiceHandover:
    """Put a voice into somebody's hands."""
    made = VoiceHandover(
        shop_id=voice.shop_id, voice_id=voice.id, to_staff=to_staff, by_staff=by_staff, at=now
    )
    session.add(made)
    session.flush()
    return made


def offers_since(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    since: datetime,
    now: datetime,
    kind_id: int | None = None,
) -> int:
    """Return how many coupons a person was offered since then that they took or may still take."""
    query = (
        select(func.count(VoiceOffer.id))
        .join(Voice, (Voice.shop_id == VoiceOffer.shop_id) & (Voice.id == VoiceOffer.voice_id))
        .where(
            VoiceOffer.shop_id == shop_id,
            Voice.customer_id == customer_id,
            VoiceOffer.at > since,
            or_(VoiceOffer.taken_at.is_not(None), VoiceOffer.expires_at > now),
        )
    )
    if kind_id is not None:
        query = query.where(VoiceOffer.kind_id == kind_id, VoiceOffer.taken_at.is_(None))
    return int(session.scalar(query))


def add_offer(
    session: Any, *, line: VoiceLine, kind_id: int, staff_id: int, expires_at: datetime, now: datetime
) -> VoiceOffer:
    """Offer a coupon with what the shop just said."""
    made = VoiceOffer(
        shop_id=line.shop_id,
        voice_id=line.voice_id,
        line_id=line.id,
        kind_id=kind_id,
        staff_id=staff_id,
        at=now,
        expires_at=expires_at,
    )
    session.add(made)
    session.flush()
    return made


def offer(session: Any, *, shop_id: int, voice_id: int, offer_id: int) -> VoiceOffer | None:
    """Return an offer of this thread, held until the flow ends (PostgreSQL)."""
    found: VoiceOffer | None = session.scalar(
        select(VoiceOffer)
        .where(VoiceOffer.shop_id == shop_id, VoiceOffer.voice_id == voice_id, VoiceOffer.id == offer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def complaints_since(
    session: Any, *, shop_id: int, since: datetime, after_id: int, limit: int
) -> list[Voice]:
    """Return the next complaints of named people that were answered or due since then, by their ids."""
    return list(
        session.scalars(
            select(Voice)
            .where(
                Voice.shop_id == shop_id,
                Voice.kind == COMPLAINT,
                Voice.customer_id.is_not(None),
                func.coalesce(Voice.answered_at, Voice.due_at, Voice.opened_at) >= since,
                Voice.id > after_id,
            )
            .order_by(Voice.id)
            .limit(limit)
        )
    )


def first_visit(
    session: Any, *, shop_id: int, customer_id: int, after: datetime, until: datetime
) -> datetime | None:
    """Return when a person first came within a span, visits that were taken back left out."""
    found: datetime | None = session.scalar(
        select(func.min(Visit.at)).where(
            Visit.shop_id == shop_id,
            Visit.customer_id == customer_id,
            Visit.at > after,
            Visit.at <= until,
            Visit.reversed_at.is_(None),
        )
    )
    return found


def take_back_closing(session: Any, *, voice: Voice, at: datetime, by_shop: bool, within: timedelta) -> None:
    """Take back all that a closing said of a matter that is open again: an answer said aloud with it is none any more.

    `at`: when it was closed, `by_shop` or by the customer's own word; `within`: how soon the shop answers. What was
    answered before it stays. Who waited for the shop when it closed the matter waits again, until when they waited
    before: no clock begins anew by closing and opening. Who had their data erased waits for nothing.
    """
    if is_left(voice.customer_id, voice.source):
        return
    if voice.answered_at == at and not _is_written(session, voice=voice, at=at):
        voice.answered_at = None
    if by_shop:
        voice.waiting_since = _waits_since(session, voice=voice, within=within)
    else:  # the customer's own word: they wait for nothing
        voice.again_due_at = None
    session.flush()


def _waits_since(session: Any, *, voice: Voice, within: timedelta) -> datetime | None:
    """Return since when the customer waits for the shop's next answer; None where it spoke last."""
    if voice.answered_at is None:
        return voice.opened_at
    said = (VoiceLine.shop_id == voice.shop_id, VoiceLine.voice_id == voice.id)
    answers = select(func.max(VoiceLine.id)).where(*said, VoiceLine.staff_id.is_not(None))
    since: datetime | None = session.scalar(
        select(func.min(VoiceLine.at)).where(
            *said,
            VoiceLine.staff_id.is_(None),
            VoiceLine.at > voice.answered_at,
            VoiceLine.id > func.coalesce(answers.scalar_subquery(), 0),
        )
    )
    if since is None and voice.again_due_at is not None:  # who said 아직이요 wrote no line
        return voice.again_due_at - within
    return since


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
