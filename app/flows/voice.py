"""사장님께 한마디: the customer says something to the shop alone, the shop answers, either says when it is done.

Other rooms begin a matter by open_thread, inside a transaction of their own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.customers import actions as people
from app.flows.review import WRONG_LINK
from app.flows.unit import after_a_race, write
from app.kit.refusals import NotHere
from app.kit.signing import token_hash
from app.messages import outbox
from app.reviews.actions import reviews
from app.shops import actions as shops
from app.voices import actions as voices
from app.voices import rules
from app.voices.models import Voice
from app.voices.rules import TooMuchSaid

_GONE = "찾으시는 말씀이 없어요. 목록에서 다시 골라 주세요."


def open_voice(*, shop_id: int, customer_id: int, kind: str, text: str, once: str, now: datetime) -> int:
    """Begin a matter; returns its id, the same for the same key. Raises Invalid, NotHere, TooMuchSaid."""
    about, words = rules.clean_voice(kind=kind, text=text)
    key = _key("customer", customer_id, once)

    def opened() -> int:
        with write() as session:
            if (before := voices.line_by_once(session, shop_id=shop_id, once=key)) is not None:
                return before.voice_id
            _may_speak(session, shop_id=shop_id, customer_id=customer_id, now=now)
            voice = voices.open_voice(session, shop_id=shop_id, customer_id=customer_id, kind=about, now=now)
            voices.add_line(session, voice=voice, text=words, once=key, now=now)
            return voice.id

    return after_a_race(opened)


def open_thread(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    sort: str,
    text: str,
    once: str,
    now: datetime,
    source: str = "card",
    said_at: datetime | None = None,
) -> int:
    """Begin a matter for a customer inside the caller's transaction; returns its number, the same for the same key.

    For what brings a voice about in another room, as a repair does: open_thread(session, shop_id=…, customer_id=…,
    sort="question", text="수리를 맡기고 싶어요. …", once=f"repair:{repair_id}", source="warranty", now=now).
    `sort`: one of rules.KINDS; `once`: at most 40 characters, of one fact ("repair:12"); `source`: one of
    rules.SOURCES. The caller holds the customer's row and has looked that they may ask. Its photos, kept under a pick
    key of the caller's, are hung on the first line by voices/actions.hang_photos. Raises Invalid for an unknown sort
    and for words that are empty or too long.
    """
    about, words = rules.clean_voice(kind=sort, text=text)
    if (before := voices.line_by_once(session, shop_id=shop_id, once=once)) is not None:
        return before.voice_id
    voice = voices.open_voice(
        session, shop_id=shop_id, customer_id=customer_id, kind=about, source=source, said_at=said_at, now=now
    )
    voices.add_line(session, voice=voice, text=words, once=once, now=now)
    return voice.id


def say(*, shop_id: int, customer_id: int, voice_id: int, text: str, once: str, now: datetime) -> None:
    """Say one more thing; a settled matter is open again. Raises Invalid, NotHere, TooMuchSaid."""
    words, key = rules.clean_line(text), _key("customer", customer_id, once)

    def said() -> None:
        with write() as session:
            if voices.line_by_once(session, shop_id=shop_id, once=key) is not None:
                return
            _may_speak(session, shop_id=shop_id, customer_id=customer_id, now=now)
            voice = voices.voice(session, shop_id=shop_id, voice_id=voice_id)
            if voice is None or voice.customer_id != customer_id:
                raise NotHere(_GONE)
            voices.add_line(session, voice=voice, text=words, once=key, now=now)

    after_a_race(said)


def say_beside_review(*, token: str, text: str, once: str, now: datetime) -> None:
    """Say something to the shop alone after a review: in the voice that it opened, or in a new one.

    Raises Invalid, TooMuchSaid, and NotHere for a link that is wrong, too old, or has no review yet.
    """
    words = rules.clean_line(text)

    def said() -> None:
        with write() as session:
            found = reviews.ask_by_token(session, token=token)
            review = (
                None
                if found is None or found[0].expires_at <= now
                else reviews.review_of(session, shop_id=found[0].shop_id, ask_id=found[0].id)
            )
            if review is None:
                raise NotHere(WRONG_LINK)
            shop_id, customer_id = review.shop_id, review.customer_id
            key = _key("customer", customer_id, once)
            if voices.line_by_once(session, shop_id=shop_id, once=key) is not None:
                return
            _may_speak(session, shop_id=shop_id, customer_id=customer_id, now=now)
            voice = voices.voice_of_review(session, shop_id=shop_id, review_id=review.id)
            if voice is None:
                kind = rules.kind_after_review(mood=review.mood, stars=review.stars)
                voice = voices.open_voice(
                    session,
                    shop_id=shop_id,
                    customer_id=customer_id,
                    kind=kind,
                    review_id=review.id,
                    now=now,
                )
            voices.add_line(session, voice=voice, text=words, once=key, now=now)

    after_a_race(said)


def answer(
    *, shop_id: int, staff_id: int, role: str, voice_id: int, text: str, once: str, now: datetime
) -> None:
    """The shop answers; the customer is told once until they have looked. Raises Invalid, NotHere."""
    words, key = rules.clean_line(text), _key("staff", staff_id, once)

    def answered() -> None:
        with write() as session:
            if voices.line_by_once(session, shop_id=shop_id, once=key) is not None:
                return
            # The person before the voice, as leaving and speaking take them.
            customer_id = voices.whose(session, shop_id=shop_id, voice_id=voice_id)
            if customer_id is None or not people.customer(
                session, shop_id=shop_id, customer_id=customer_id, lock=True
            ):
                raise NotHere(_GONE)
            voice = _heard(session, shop_id=shop_id, voice_id=voice_id, role=role)
            told = voices.unread_answer(session, shop_id=shop_id, voice_id=voice_id)
            line = voices.add_line(session, voice=voice, text=words, once=key, staff_id=staff_id, now=now)
            if told:
                return
            outbox.plan(
                session,
                shop_id=shop_id,
                customer_id=customer_id,
                kind="voice_reply",
                cause=f"line:{line.id}",
                due_at=now,
                facts={"code": shops.shop(session, shop_id=shop_id).code, "voice": voice.id},
                now=now,
            )

    after_a_race(answered)


def close(*, shop_id: int, staff_id: int, role: str, voice_id: int, now: datetime) -> None:
    """해결했어요: the matter is settled until the customer says more. Twice is once. Raises NotHere."""
    with write() as session:
        voice = _heard(session, shop_id=shop_id, voice_id=voice_id, role=role)
        if voice.closed_at is None:
            voices.close(session, voice=voice, staff_id=staff_id, now=now)


def mark_read(*, shop_id: int, customer_id: int, voice_id: int, now: datetime) -> None:
    """Note that the customer saw the shop's answers. Raises NotHere."""
    with write() as session:
        voice = voices.voice(session, shop_id=shop_id, voice_id=voice_id)
        if voice is None or voice.customer_id != customer_id:
            raise NotHere(_GONE)
        voices.mark_read(session, shop_id=shop_id, voice_id=voice_id, by_customer=True, now=now)


def _may_speak(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
    if person is None:
        raise NotHere
    if voices.said_today(session, shop_id=shop_id, customer_id=customer_id, now=now) >= rules.MOST_A_DAY:
        raise TooMuchSaid


def _heard(session: Any, *, shop_id: int, voice_id: int, role: str) -> Voice:
    voice = voices.voice(session, shop_id=shop_id, voice_id=voice_id)
    if voice is None or not rules.may_hear(voice.kind, role):
        raise NotHere(_GONE)
    return voice


def _key(side: str, who: int, once: str) -> str:
    """Return the stored key: nobody's press can be taken for another person's, nor for a review's own line."""
    return token_hash(f"{side}:{who}:{once}")[:40]
