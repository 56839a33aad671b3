"""AS 요청: a holder asks for a repair out of the certificate, and the shop says how far it is.

It is talked about in a thread of 손님 말씀; what the shop does stands there as its own words, and the customer is told.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.customers import actions as people
from app.flows import notify
from app.flows.unit import JustTaken, after_a_race, write
from app.flows.warranty import GONE, until_words
from app.kit.refusals import NotHere
from app.kit.signing import token_hash
from app.messages import outbox, recall
from app.reviews.actions import picks
from app.reviews.pick_rules import pick_key
from app.shops import actions as shops
from app.shops.notification_rules import REPAIR
from app.voices import actions as voices
from app.voices.rules import MOST_A_DAY, TooMuchSaid, clean_line
from app.warranties import repair_rules, rules
from app.warranties.actions import issuing, repairs
from app.warranties.repair_rules import RepairCameAlong, RepairMoved, RepairOpen
from app.warranties.rules import TakenBack

_NO_REPAIR = "찾으시는 AS 요청이 없어요. 목록에서 다시 골라 주세요."


def ask(
    *,
    shop_id: int,
    customer_id: int,
    serial: str,
    text: str,
    once: str,
    picks_once: str = "",
    now: datetime,
) -> int:
    """Ask for a repair, with the photos picked under `picks_once`; returns the thread it is talked about in.

    The same for the same press. After the period too: what it costs then is said in the thread. Raises Invalid (text), NotHere for another's
    certificate, TakenBack, RepairOpen while one of theirs is under way, RepairCameAlong while one of who held it before is, TooMuchSaid.
    """
    words = clean_line(text)
    key = token_hash(f"repair:{customer_id}:{once}")[:40]

    def asked() -> int:
        with write() as session:
            # Two phones of one person at once are one request: the person is held first.
            person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
            before = voices.line_by_once(session, shop_id=shop_id, once=key)
            if before is not None:
                return before.voice_id
            row = issuing.warranty(session, shop_id=shop_id, serial=serial)
            if person is None or row is None or row[0].customer_id != customer_id:
                raise NotHere(GONE)
            certificate, kind = row
            if certificate.ended_at is not None:
                raise TakenBack
            goes = repairs.open_request(session, shop_id=shop_id, warranty_id=certificate.id)
            if goes is not None:
                whose = repairs.whose(session, shop_id=shop_id, request_id=goes.id)
                raise RepairOpen if whose == customer_id else RepairCameAlong
            if voices.said_today(session, shop_id=shop_id, customer_id=customer_id, now=now) >= MOST_A_DAY:
                raise TooMuchSaid
            voice = voices.open_voice(
                session, shop_id=shop_id, customer_id=customer_id, kind="question", now=now
            )
            opening = repair_rules.opening(
                product=kind.name,
                serial=rules.serial_words(serial),
                period=f"{until_words(certificate.until, now)}까지 보증",
                text=words,
            )
            line = voices.add_line(session, voice=voice, text=opening, once=key, now=now)
            pick = pick_key("voice", customer_id=customer_id, once=picks_once)
            kept = picks.keep(session, shop_id=shop_id, customer_id=customer_id, pick=pick, now=now)
            if kept:
                voices.hang_photos(session, line=line, photo_ids=kept)
            notify.voice_came(session, voice=voice, as_kind=REPAIR, now=now)
            repairs.add_request(
                session, shop_id=shop_id, warranty_id=certificate.id, voice_id=voice.id, now=now
            )
            return voice.id

    return after_a_race(asked)


def step(
    *, shop_id: int, staff_id: int, request_id: int, state: str, note: str, once: str, now: datetime
) -> str:
    """Move a repair on and tell its customer; returns the state it is in. The same press is one step.

    Raises Invalid (state, note), NotHere, RepairMoved when it can't go there from where it is by now.
    """
    state, words = repair_rules.clean_step(state=state, note=note)
    key = token_hash(f"step:{staff_id}:{once}")[:40]

    def moved() -> str:
        with write() as session:
            return _step(
                session,
                shop_id=shop_id,
                staff_id=staff_id,
                request_id=request_id,
                state=state,
                note=words,
                key=key,
                now=now,
            )

    return after_a_race(moved)


def _step(
    session: Any,
    *,
    shop_id: int,
    staff_id: int,
    request_id: int,
    state: str,
    note: str,
    key: str,
    now: datetime,
) -> str:
    if voices.line_by_once(session, shop_id=shop_id, once=key) is not None:
        return state
    # The people before the voice, as leaving and speaking take them, in the order of their ids.
    whose = repairs.whose(session, shop_id=shop_id, request_id=request_id)
    holder = repairs.holder(session, shop_id=shop_id, request_id=request_id)
    for each in sorted({each for each in (whose, holder) if each is not None}):
        people.customer(session, shop_id=shop_id, customer_id=each, lock=True)
    seen = repairs.request(session, shop_id=shop_id, request_id=request_id)
    voice = voices.voice(session, shop_id=shop_id, voice_id=seen.voice_id) if seen else None
    row = issuing.by_id(session, shop_id=shop_id, warranty_id=seen.warranty_id) if seen else None
    if seen is None or voice is None or row is None:
        raise NotHere(_NO_REPAIR)
    if state not in repair_rules.next_states(seen.state):
        raise RepairMoved
    if row[0].customer_id != holder:
        raise JustTaken  # it was handed on between the two looks
    for cause in (f"repair:{seen.id}:{seen.state}", f"repair:{seen.id}:{seen.state}:holder"):
        recall.cancel(
            session, shop_id=shop_id, cause=cause, reason="그사이에 다음 단계로 넘어갔어요", now=now
        )
    repairs.add_step(session, repair=seen, state=state, note=note, staff_id=staff_id, now=now)
    told = repair_rules.told(state, note)
    voices.add_line(session, voice=voice, text=told, once=key, staff_id=staff_id, now=now)
    if seen.ended_at is not None:
        voices.close(session, voice=voice, staff_id=staff_id, now=now)
    path = f"/c/{shops.code_of(session, shop_id=shop_id)}"
    cause = f"repair:{seen.id}:{state}"
    tells: dict[int, tuple[str, str, str]] = {}
    if holder is not None and row[0].ended_at is None:
        # To whom it was handed on meanwhile: how far it is, and nothing that was said to who asked.
        where = f"{path}/warranties/{row[0].serial}"
        tells[holder] = (f"{cause}:holder", repair_rules.told(state, ""), where)
    if voice.customer_id is not None:
        tells[voice.customer_id] = (cause, told, f"{path}/voices/{voice.id}")
    for customer_id, (cause, words, where) in sorted(tells.items()):
        outbox.plan(
            session,
            shop_id=shop_id,
            customer_id=customer_id,
            kind="repair_step",
            cause=cause,
            due_at=now,
            facts={"product": row[1].name, "told": words, "path": where},
            now=now,
        )
    return state
