""" "고쳤어요": what was done about a cause is told in the thread of everyone who had said it, once, step by step.

It goes by the voices: whatever dies in between, and whoever becomes one with somebody meanwhile, nobody is told twice or
left out. It is no answer (voices/rules.py): whoever waits for one goes on waiting.
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
from app.flows.voice_care import NO_CAUSE
from app.kit.refusals import NotHere
from app.kit.signing import token_hash
from app.messages.models import Message
from app.voices import actions as voices
from app.voices import care_rules, causing
from app.voices.care_models import VoiceFix

_AT_ONCE = 20


def fixed(*, shop_id: int, staff_id: int, cause_id: int, text: str, once: str, now: datetime) -> int:
    """Write down what was done about a cause; the clock tells everyone who had said it by now. Returns its number.

    The same key gives the same one. Raises Invalid (text), NotHere for another shop's cause.
    """
    words, key = care_rules.clean_fix(text), token_hash(f"fix:{staff_id}:{once}")[:40]

    def written() -> int:
        with write() as session:
            before = causing.fix_by_once(session, shop_id=shop_id, once=key)
            if before is not None:
                return before.id
            if causing.cause(session, shop_id=shop_id, cause_id=cause_id) is None:
                raise NotHere(NO_CAUSE)
            made = VoiceFix(
                shop_id=shop_id,
                cause_id=cause_id,
                once=key,
                text=words,
                staff_id=staff_id,
                at=now,
                nameless=causing.nameless_of_cause(session, shop_id=shop_id, cause_id=cause_id, until=now),
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
            fix = causing.fix(session, shop_id=shop_id, fix_id=fix_id)
            if fix is None or fix.done_at is not None or seen is None:
                return True
            next_ones = causing.voices_of_cause(
                session,
                shop_id=shop_id,
                cause_id=fix.cause_id,
                until=fix.at,
                after_id=fix.after_id,
                limit=_AT_ONCE,
            )
            # People are held in the order of their numbers, as a merge holds them.
            for voice_id, _whose in sorted(next_ones, key=lambda pair: pair[1]):
                _tell_one(session, fix=fix, voice_id=voice_id, now=now)
            if next_ones:
                fix.after_id = next_ones[-1][0]
            if len(next_ones) < _AT_ONCE:
                fix.done_at = now
            session.flush()
            return fix.done_at is not None

    return after_a_race(told)


def _tell_one(session: Any, *, fix: VoiceFix, voice_id: int, now: datetime) -> None:
    customer_id = _hold_person(session, shop_id=fix.shop_id, voice_id=voice_id)
    if customer_id is None or causing.was_told(session, fix=fix, customer_id=customer_id):
        return
    newest = causing.newest_of_cause(
        session, shop_id=fix.shop_id, cause_id=fix.cause_id, customer_id=customer_id, until=fix.at
    )
    voice = voices.voice(session, shop_id=fix.shop_id, voice_id=newest or voice_id)
    if voice is None:
        return
    key = key_of("fix", fix.id, f"voice:{voice.id}")
    line = voices.add_line(
        session, voice=voice, text=fix.text, once=key, staff_id=fix.staff_id, to_many=True, now=now
    )
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


def _hold_person(session: Any, *, shop_id: int, voice_id: int) -> int | None:
    """Return whose voice it is, held; looked up anew when they became one with somebody while we waited for them."""
    held = None
    while (whose := voices.whose(session, shop_id=shop_id, voice_id=voice_id)) not in (None, held):
        people.customer(session, shop_id=shop_id, customer_id=whose, lock=True)
        held = whose
    return whose
