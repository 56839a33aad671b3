"""Changes to causes and to what was fixed ("고쳤어요"). Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from app.kit.upsert import insert_into
from app.voices.care_models import VoiceCause, VoiceCauseMark, VoiceFix
from app.voices.care_rules import STARTING_CAUSES, living_causes
from app.voices.models import Voice, VoiceLine


def cause_ids(session: Any, *, shop_id: int, names: Sequence[str], now: datetime) -> list[int]:
    """Return the shop's causes of these names, made where it has none; one that had ended is chosen again."""
    if not names:
        return []
    for name in sorted(names):
        session.execute(
            insert_into(session, VoiceCause)
            .values(shop_id=shop_id, name=name, made_at=now)
            .on_conflict_do_update(index_elements=["shop_id", "name"], set_={"ended_at": None})
        )
    return list(
        session.scalars(
            select(VoiceCause.id).where(VoiceCause.shop_id == shop_id, VoiceCause.name.in_(names))
        )
    )


def end_cause(session: Any, *, shop_id: int, name: str, now: datetime) -> None:
    """Let a cause be chosen no more; what carries it keeps it. Twice is once."""
    session.execute(
        insert_into(session, VoiceCause)
        .values(shop_id=shop_id, name=name, made_at=now, ended_at=now)
        .on_conflict_do_update(index_elements=["shop_id", "name"], set_={"ended_at": now})
    )


def mark(session: Any, *, voice: Voice, causes: Sequence[int], now: datetime) -> None:
    """Let a voice carry just these causes."""
    session.execute(
        delete(VoiceCauseMark)
        .where(
            VoiceCauseMark.shop_id == voice.shop_id,
            VoiceCauseMark.voice_id == voice.id,
            VoiceCauseMark.cause_id.not_in(causes),
        )
        .execution_options(synchronize_session=False)
    )
    for cause_id in causes:
        session.execute(
            insert_into(session, VoiceCauseMark)
            .values(shop_id=voice.shop_id, voice_id=voice.id, cause_id=cause_id, at=now)
            .on_conflict_do_nothing()
        )


def cause(session: Any, *, shop_id: int, cause_id: int, lock: bool = False) -> VoiceCause | None:
    """Return a cause of this shop; `lock` holds it until the flow ends (PostgreSQL)."""
    query = select(VoiceCause).where(VoiceCause.shop_id == shop_id, VoiceCause.id == cause_id)
    found: VoiceCause | None = session.scalar(query.with_for_update() if lock else query)
    return found


def cause_called(session: Any, *, shop_id: int, name: str) -> VoiceCause | None:
    """Return the shop's cause of a name, also one that has ended."""
    found: VoiceCause | None = session.scalar(
        select(VoiceCause).where(VoiceCause.shop_id == shop_id, VoiceCause.name == name)
    )
    return found


def living(session: Any, *, shop_id: int) -> list[str]:
    """Return the names a cause is chosen from."""
    rows = session.execute(
        select(VoiceCause.name, VoiceCause.ended_at.is_not(None)).where(VoiceCause.shop_id == shop_id)
    )
    return living_causes((name, bool(is_over)) for name, is_over in rows)


def carried(session: Any, *, voice: Voice) -> dict[str, int]:
    """Return the causes a voice carries: name → number."""
    rows = session.execute(
        select(VoiceCause.name, VoiceCause.id)
        .join(
            VoiceCauseMark,
            (VoiceCauseMark.shop_id == VoiceCause.shop_id) & (VoiceCauseMark.cause_id == VoiceCause.id),
        )
        .where(VoiceCause.shop_id == voice.shop_id, VoiceCauseMark.voice_id == voice.id)
    )
    return {row[0]: row[1] for row in rows}


def call(session: Any, *, cause: VoiceCause, name: str, now: datetime) -> None:
    """Call a cause by a name no other has. A name that every shop begins with is offered no more."""
    before, cause.name = cause.name, name
    session.flush()
    if before in STARTING_CAUSES:
        end_cause(session, shop_id=cause.shop_id, name=before, now=now)


def join(session: Any, *, gone: VoiceCause, kept: VoiceCause, now: datetime) -> None:
    """Let two causes be one: what carried either carries `kept`, which is chosen from again."""
    shop_id, kept.ended_at = gone.shop_id, None
    has = select(VoiceCauseMark.voice_id).where(
        VoiceCauseMark.shop_id == shop_id, VoiceCauseMark.cause_id == kept.id
    )
    of_gone = (VoiceCauseMark.shop_id == shop_id, VoiceCauseMark.cause_id == gone.id)
    session.execute(
        delete(VoiceCauseMark)
        .where(*of_gone, VoiceCauseMark.voice_id.in_(has))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(VoiceCauseMark)
        .where(*of_gone)
        .values(cause_id=kept.id)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(VoiceFix)
        .where(VoiceFix.shop_id == shop_id, VoiceFix.cause_id == gone.id)
        .values(cause_id=kept.id)
        .execution_options(synchronize_session=False)
    )
    name = gone.name
    session.delete(gone)
    session.flush()
    if name in STARTING_CAUSES:
        end_cause(session, shop_id=shop_id, name=name, now=now)


def is_being_told(session: Any, *, shop_id: int, cause_ids: Sequence[int]) -> bool:
    """Tell whether something fixed about one of the causes is still on its way to those who had said it."""
    found = session.scalar(
        select(VoiceFix.id)
        .where(VoiceFix.shop_id == shop_id, VoiceFix.cause_id.in_(cause_ids), VoiceFix.done_at.is_(None))
        .limit(1)
    )
    return found is not None


def fix_by_once(session: Any, *, shop_id: int, once: str) -> VoiceFix | None:
    """Return what was told under this once-key before."""
    found: VoiceFix | None = session.scalar(
        select(VoiceFix).where(VoiceFix.shop_id == shop_id, VoiceFix.once == once)
    )
    return found


def fix(session: Any, *, shop_id: int, fix_id: int) -> VoiceFix | None:
    """Return one that is being told, held until the flow ends (PostgreSQL)."""
    found: VoiceFix | None = session.scalar(
        select(VoiceFix)
        .where(VoiceFix.shop_id == shop_id, VoiceFix.id == fix_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def voices_of_cause(
    session: Any, *, shop_id: int, cause_id: int, until: datetime, after_id: int, limit: int
) -> list[tuple[int, int]]:
    """Return (voice, whose it is now) of the next voices of named people that had a cause by then, by their numbers.

    By the voices and not by the people: two may become one, or be parted, between one step and the next.
    """
    rows = session.execute(
        select(Voice.id, Voice.customer_id)
        .join(
            VoiceCauseMark,
            (VoiceCauseMark.shop_id == Voice.shop_id) & (VoiceCauseMark.voice_id == Voice.id),
        )
        .where(
            Voice.shop_id == shop_id,
            Voice.id > after_id,
            Voice.customer_id.is_not(None),
            VoiceCauseMark.cause_id == cause_id,
            VoiceCauseMark.at <= until,
        )
        .order_by(Voice.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def newest_of_cause(
    session: Any, *, shop_id: int, cause_id: int, customer_id: int, until: datetime
) -> int | None:
    """Return a person's newest voice that had a cause by then."""
    found: int | None = session.scalar(
        select(func.max(Voice.id))
        .join(
            VoiceCauseMark,
            (VoiceCauseMark.shop_id == Voice.shop_id) & (VoiceCauseMark.voice_id == Voice.id),
        )
        .where(
            Voice.shop_id == shop_id,
            Voice.customer_id == customer_id,
            VoiceCauseMark.cause_id == cause_id,
            VoiceCauseMark.at <= until,
        )
    )
    return found


def was_told(session: Any, *, fix: VoiceFix, customer_id: int) -> bool:
    """Tell whether what was fixed stands in a thread of this person, whoever they were when it was told.

    Asked of the threads and not by a key of the person: a thread goes along when two become one, and back.
    """
    found = session.scalar(
        select(VoiceLine.id)
        .where(
            VoiceLine.shop_id == fix.shop_id,
            VoiceLine.voice_id.in_(
                select(Voice.id).where(Voice.shop_id == fix.shop_id, Voice.customer_id == customer_id)
            ),
            VoiceLine.staff_id == fix.staff_id,
            VoiceLine.at >= fix.at,
            VoiceLine.text == fix.text,
        )
        .limit(1)
    )
    return found is not None


def nameless_of_cause(session: Any, *, shop_id: int, cause_id: int, until: datetime) -> int:
    """Return how many voices of nobody the shop could name had a cause by then."""
    return int(
        session.scalar(
            select(func.count(Voice.id))
            .join(
                VoiceCauseMark,
                (VoiceCauseMark.shop_id == Voice.shop_id) & (VoiceCauseMark.voice_id == Voice.id),
            )
            .where(
                Voice.shop_id == shop_id,
                Voice.customer_id.is_(None),
                VoiceCauseMark.cause_id == cause_id,
                VoiceCauseMark.at <= until,
            )
        )
    )
