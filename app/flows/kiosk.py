"""손님용 태블릿: a browser that takes numbers and shows words, and opens nothing of the owner's.

A number with a card becomes a 도장 받기 like any other. One without gets the same answer at the tablet (S06),
and the staff is told what to do.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.cards import rules
from app.cards.actions import claims
from app.cards.kiosk import CALL_STANDS
from app.flows import audit, claim
from app.flows.sharing import NothingToProve
from app.flows.unit import after_a_race, write
from app.kit.phone import korean_mobile
from app.kit.refusals import Invalid, NotHere, Refused
from app.kit.words import MATCHING_WORDS
from app.shops import actions as shops
from app.shops import queries as reads
from app.shops import tablets

# Numbers typed at one tablet; a queue at noon is a third of it.
CALLS, CALLS_WITHIN = 60, timedelta(minutes=10)


class TooManyCalls(Refused):
    """So many numbers in a few minutes that somebody is trying them out."""

    code = "too_many_calls"
    status = 429
    sentence = "잠깐 쉬었다가 다시 눌러 주세요. 급하시면 사장님께 말씀해 주세요."


class CallGone(Refused):
    """The number was seen to before."""

    code = "call_gone"
    sentence = "이미 처리한 번호예요."


def turn_on(
    *, shop_id: int, staff_id: int, session_token: str, user_agent: str, is_secure: bool, now: datetime
) -> str:
    """Make this browser a customers' tablet and sign the staff out of it; returns the tablet's token.

    Raises NothingToProve for who has no password (they could never take it back here), NotHere.
    """
    me = next((line for line in reads.staff_of(shop_id) if line.id == staff_id), None)
    if me is None:
        raise NotHere
    if not me.has_password:
        raise NothingToProve("먼저 아이디와 비밀번호를 정해 주세요. 나중에 태블릿을 되돌릴 때 필요해요.")
    with write() as session:
        token = tablets.add_kiosk(
            session, shop_id=shop_id, staff_id=staff_id, user_agent=user_agent, is_secure=is_secure, now=now
        )
        shops.set_use(session, shop_id=shop_id, what="kiosk", is_on=True)
        shops.end_session(session, token=session_token, now=now)
        audit.note(session, shop_id=shop_id, what="kiosk_on", staff_id=staff_id, now=now)
        return token


def turn_off(*, shop_id: int, kiosk_id: int, staff_id: int, now: datetime) -> None:
    """Switch a tablet off; its next touch finds it so. Raises NotHere the second time."""
    with write() as session:
        if not tablets.end_kiosk(session, shop_id=shop_id, kiosk_id=kiosk_id, now=now):
            raise NotHere("이미 끈 태블릿이에요.")
        if not tablets.kiosks_left(session, shop_id=shop_id):
            shops.set_use(session, shop_id=shop_id, what="kiosk", is_on=False)
        audit.note(session, shop_id=shop_id, what="kiosk_off", staff_id=staff_id, now=now)


def call(*, shop_id: int, kiosk_id: int, typed: str, once: str, now: datetime) -> str:
    """Ask for a stamp by a number: the eight digits after 010. Returns the call's reference.

    The same `once` gives the same answer, and so does a number without a card. Raises Invalid (field:
    number), TooManyCalls, NotHere for a tablet that is off.
    """
    phone = korean_mobile(f"010{''.join(char for char in typed if char not in ' -')}")
    if phone is None:
        raise Invalid({"number": "010 다음의 여덟 자리를 모두 눌러 주세요."})
    return after_a_race(lambda: _call(shop_id=shop_id, kiosk_id=kiosk_id, phone=phone, once=once, now=now))


def _call(*, shop_id: int, kiosk_id: int, phone: str, once: str, now: datetime) -> str:
    with write() as session:
        before = tablets.call_by_once(session, shop_id=shop_id, once=once)
        if before is not None:
            return before.ref
        card_id = claims.card_of_phone(session, shop_id=shop_id, phone=phone)
        claim_id, word = None, ""
        if card_id is not None:
            asked = claim.ask_in(
                session, shop_id=shop_id, card_id=card_id, once=f"k{once}"[:40], via="kiosk", now=now
            )
            claim_id, word = asked.claim_id, asked.word
        # After the card, as everywhere: one tablet's numbers are counted one by one.
        kiosk = tablets.hold_kiosk(session, shop_id=shop_id, kiosk_id=kiosk_id)
        if kiosk is None:
            raise NotHere
        since = now - CALLS_WITHIN
        if tablets.calls_since(session, shop_id=shop_id, kiosk_id=kiosk_id, since=since) >= CALLS:
            raise TooManyCalls
        kiosk.seen_at = now
        made = tablets.add_call(
            session,
            shop_id=shop_id,
            kiosk_id=kiosk_id,
            once=once,
            word=word or _free_word(session, shop_id=shop_id, now=now),
            claim_id=claim_id,
            tail="" if claim_id is not None else phone[-4:],
            now=now,
        )
        return made.ref


def _free_word(session: Any, *, shop_id: int, now: datetime) -> str:
    taken = claims.waiting_words(session, shop_id=shop_id)
    taken |= tablets.open_words(session, shop_id=shop_id, since=now - CALL_STANDS)
    return rules.free_word(MATCHING_WORDS, taken, claims.pick_word_index(len(MATCHING_WORDS)))


def close_call(*, shop_id: int, call_id: int, now: datetime) -> None:
    """The staff has spoken to the person whose number has no card. Raises CallGone the second time."""
    with write() as session:
        if not tablets.close_call(session, shop_id=shop_id, call_id=call_id, now=now):
            raise CallGone
