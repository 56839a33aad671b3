""" "고쳤어요": what was done about a cause is told in the thread of everyone who had said it, once, step by step.

A line's once-key is made of the fix and the person: whatever dies in between, nobody is told twice or left out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.customers import actions as people
from app.extensions import db
from app.flows.in_turns import in_turns
from app.flows.unit import after_a_race, write
from app.flows.voice import key_of, tell
from app.kit.refusals import NotHere
from app.kit.signing import token_hash
from app.messages.models import Message
from app.voices import actions as voices
from app.voices import care_rules, caring
from app.voices.care_models import VoiceFix

_AT_ONCE = 20
_NO_CAUSE = "찾으시는 원인이 없어요. 목록에서 다시 골라 주세요."


def fixed(*, shop_id: int, staff_id: int, cause_id: int, text: str, once: str, now: datetime) -> int:
    """Write down what was done about a cause; the clock tells everyone who had said it by now. Returns its number.

    The same key gives the same one. Raises Invalid (text), NotHere for another shop's cause.
    """
    words, key = care_rules.clean_fix(text), token_hash(f"fix:{staff_id}:{once}")[:40]

    def written() -> int:
        with write() as session:
            before = caring.fix_by_once(session, shop_id=shop_id, once=key)
            if before is not None:
                return before.id
            if caring.cause(session, shop_id=shop_id, cause_id=cause_id) is None:
                raise NotHere(_NO_CAUSE)
            made = VoiceFix(
                shop_id=shop_id,
                cause_id=cause_id,
                once=key,
                text=words,
                staff_id=staff_id,
                at=now,
                nameless=caring.nameless_of_cause(session, shop_id=shop_id, cause_id=cause_id, until=now),
            )
            session.add(made)
            session.flush()
            return made.id

    return after_a_race(written)


def tell_waiting(*, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> int:
    """Tell what is still to be told in all shops, some people at a time; returns the number of steps."""
    return in_turns(
        "voice_fix",
        waiting=lambda _now: _waiting(),
        step=lambda shop_id, fix_id: step(shop_id=shop_id, fix_id=fix_id, now=clock()),
        rest=lambda _shop_id, _fix_id, _now: None,
        clock=clock,
        stop=stop,
    )


def _waiting() -> list[tuple[int, int]]:
    rows = db.session.execute(
        select(VoiceFix.shop_id, VoiceFix.id)
        .where(VoiceFix.done_at.is_(None))
        .order_by(VoiceFix.id)
        .limit(50)
    )
    return [(row.shop_id, row.id) for row in rows]


def step(*, shop_id: int, fix_id: int, now: datetime) -> bool:
    """Tell the next people; True when nobody is left."""

    def told() -> bool:
        with write() as session:
            seen = session.scalar(
                select(VoiceFix.after_id).where(VoiceFix.shop_id == shop_id, VoiceFix.id == fix_id)
            )
            fix = caring.fix(session, shop_id=shop_id, fix_id=fix_id)
            if fix is None or fix.done_at is not None or seen is None:
                return True
            next_ones = caring.people_of_cause(
                session,
                shop_id=shop_id,
                cause_id=fix.cause_id,
                until=fix.at,
                after_id=fix.after_id,
                limit=_AT_ONCE,
            )
            for customer_id, voice_id in next_ones:
                _tell_one(session, fix=fix, customer_id=customer_id, voice_id=voice_id, now=now)
                fix.after_id = customer_id
            if len(next_ones) < _AT_ONCE:
                fix.done_at = now
            session.flush()
            return fix.done_at is not None

    return after_a_race(told)


def _tell_one(session: Any, *, fix: VoiceFix, customer_id: int, voice_id: int, now: datetime) -> None:
    key = key_of("fix", fix.id, str(customer_id))
    if voices.line_by_once(session, shop_id=fix.shop_id, once=key) is not None:
        return
    person = people.customer(session, shop_id=fix.shop_id, customer_id=customer_id, lock=True)
    voice = voices.voice(session, shop_id=fix.shop_id, voice_id=voice_id)
    if person is None or voice is None or voice.customer_id != customer_id:
        return
    line = voices.add_line(session, voice=voice, text=fix.text, once=key, staff_id=fix.staff_id, now=now)
    fix.told += 1
    tell(session, voice=voice, line_id=line.id, kind="voice_recovery", now=now)
    travels = session.scalar(
        select(Message.id)
        .where(
            Message.shop_id == fix.shop_id,
            Message.customer_id == customer_id,
            Message.cause == f"line:{line.id}",
            Message.channel != "card",
            Message.state != "skipped",
        )
        .limit(1)
    )
    fix.on_card += travels is None
