"""사장님께 한마디: the customer says something to the shop alone, the shop answers, either says when it is done.

Other rooms begin a matter by open_thread, inside a transaction of their own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.customers import actions as people
from app.flows import notify, voice_offer
from app.flows.review import WRONG_LINK
from app.flows.unit import after_a_race, write
from app.kit.refusals import NotHere
from app.kit.signing import token_hash
from app.messages import outbox, recall
from app.reviews.actions import care, picks, reviews
from app.reviews.pick_rules import ANSWER, pick_key
from app.shops import actions as shops
from app.shops.notification_rules import REPAIR
from app.voices import actions as voices
from app.voices import caring, rules
from app.voices.models import Voice, VoiceLine
from app.voices.rules import TooMuchSaid

GONE = "찾으시는 말씀이 없어요. 목록에서 다시 골라 주세요."


def open_voice(
    *,
    shop_id: int,
    customer_id: int,
    kind: str,
    text: str,
    once: str,
    now: datetime,
    source: str = "card",
    picks_once: str = "",
) -> int:
    """Begin a matter; returns its id, the same for the same words under the same key; other words are another matter.

    `source`: card | letter; `picks_once`: the key under which its photos were picked. Raises Invalid, NotHere, TooMuchSaid.
    """
    about, words = rules.clean_voice(kind=kind, text=text)
    key = key_of("customer", customer_id, f"{once}:{about}:{words}")

    def opened() -> int:
        with write() as session:
            if (before := voices.line_by_once(session, shop_id=shop_id, once=key)) is not None:
                _with_photos(session, line=before, customer_id=customer_id, once=picks_once, now=now)
                return before.voice_id
            _may_speak(session, shop_id=shop_id, customer_id=customer_id, now=now)
            voice = voices.open_voice(
                session,
                shop_id=shop_id,
                customer_id=customer_id,
                kind=about,
                source=source if source == "letter" else "card",
                now=now,
            )
            line = voices.add_line(session, voice=voice, text=words, once=key, now=now)
            _with_photos(session, line=line, customer_id=customer_id, once=picks_once, now=now)
            notify.voice_came(session, voice=voice, now=now)
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
    notify.voice_came(session, voice=voice, now=now, as_kind=REPAIR if source == "warranty" else "")
    return voice.id


def say(
    *,
    shop_id: int,
    customer_id: int,
    voice_id: int,
    text: str,
    once: str,
    now: datetime,
    picks_once: str = "",
) -> None:
    """Say one more thing, with the photos picked under `picks_once`; a settled matter is open again.

    Raises Invalid, NotHere, TooMuchSaid, TooLateToReopen.
    """
    words, key = rules.clean_line(text), key_of("customer", customer_id, once)

    def said() -> None:
        with write() as session:
            if voices.line_by_once(session, shop_id=shop_id, once=key) is not None:
                return
            _may_speak(session, shop_id=shop_id, customer_id=customer_id, now=now)
            voice = voices.voice(session, shop_id=shop_id, voice_id=voice_id)
            if voice is None or voice.customer_id != customer_id:
                raise NotHere(GONE)
            rules.may_reopen(voice.closed_at, now)
            line = voices.add_line(session, voice=voice, text=words, once=key, now=now)
            _with_photos(session, line=line, customer_id=customer_id, once=picks_once, now=now)
            notify.said_more(session, voice=voice, cause=f"line:{line.id}", now=now)

    after_a_race(said)


def say_beside_review(*, token: str, text: str, once: str, now: datetime) -> None:
    """Say something to the shop alone after a review: in the voice that it opened, or in a new one.

    Raises Invalid, TooMuchSaid, and NotHere for a link that is wrong, too old (unless the review is hidden), or has no
    review yet.
    """
    words = rules.clean_line(text)

    def said() -> None:
        with write() as session:
            found = reviews.ask_by_token(session, token=token)
            review = (
                reviews.review_of(session, shop_id=found[0].shop_id, ask_id=found[0].id) if found else None
            )
            if found is None or review is None:
                raise NotHere(WRONG_LINK)
            shop_id, customer_id = review.shop_id, review.customer_id
            # Whose review is hidden may object, however long ago the visit was.
            if found[0].expires_at <= now and not care.standing_hiding(
                session, shop_id=shop_id, review_id=review.id
            ):
                raise NotHere(WRONG_LINK)
            key = key_of("customer", customer_id, f"{once}:{words}")
            if voices.line_by_once(session, shop_id=shop_id, once=key) is not None:
                return
            _may_speak(session, shop_id=shop_id, customer_id=customer_id, now=now)
            voice = voices.voice_of_review(session, shop_id=shop_id, review_id=review.id)
            is_new = voice is None
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
            line = voices.add_line(session, voice=voice, text=words, once=key, now=now)
            if is_new:
                notify.voice_came(session, voice=voice, now=now)
            else:
                notify.said_more(session, voice=voice, cause=f"line:{line.id}", now=now)

    after_a_race(said)


def answer(
    *,
    shop_id: int,
    staff_id: int,
    role: str,
    voice_id: int,
    text: str,
    once: str,
    now: datetime,
    offer_kind: int | None = None,
    picks_once: str = "",
) -> None:
    """The shop answers; the customer is told once until they have looked. Raises Invalid, NotHere.

    `picks_once`: the key under which the shop picked photos for this answer; they are shown to the customer with it.

    `offer_kind`: a recovery coupon that lies in the thread with the answer until it is taken; then also TooManyOffers,
    NoCouponLeft (voice_offer.py). A voice of somebody without a name is noted as answered, and nobody is told.
    """
    words = rules.clean_answer(text, with_coupon=offer_kind is not None)
    key = key_of("staff", staff_id, once)

    def answered() -> None:
        with write() as session:
            if voices.line_by_once(session, shop_id=shop_id, once=key) is not None:
                return
            # The person before the voice, as leaving and speaking take them.
            customer_id = voices.whose(session, shop_id=shop_id, voice_id=voice_id)
            if customer_id is not None and not people.customer(
                session, shop_id=shop_id, customer_id=customer_id, lock=True
            ):
                raise NotHere(GONE)
            voice = heard(session, shop_id=shop_id, voice_id=voice_id, staff_id=staff_id, role=role)
            told = voices.unread_answer(session, shop_id=shop_id, voice_id=voice_id)
            line = voices.add_line(session, voice=voice, text=words, once=key, staff_id=staff_id, now=now)
            if customer_id is not None:
                _with_photos(
                    session, line=line, customer_id=customer_id, once=picks_once, now=now, form=ANSWER
                )
            if offer_kind is not None:
                voice_offer.put(
                    session, voice=voice, line=line, kind_id=offer_kind, staff_id=staff_id, role=role, now=now
                )
            if customer_id is not None and not told:
                kind = "voice_recovery" if offer_kind is not None else "voice_reply"
                tell(session, voice=voice, line_id=line.id, kind=kind, now=now)

    after_a_race(answered)


def tell(session: Any, *, voice: Voice, line_id: int, kind: str, now: datetime) -> int | None:
    """Plan the message that says an answer lies in the thread; returns its number, None when none is planned."""
    return outbox.plan(
        session,
        shop_id=voice.shop_id,
        customer_id=voice.customer_id or 0,
        kind=kind,
        cause=f"line:{line_id}",
        due_at=now,
        facts={"code": shops.code_of(session, shop_id=voice.shop_id), "voice": voice.id},
        now=now,
    )


def mark_read(*, shop_id: int, customer_id: int, voice_id: int, now: datetime) -> None:
    """Note that the customer saw the shop's answers. Raises NotHere."""
    with write() as session:
        voice = voices.voice(session, shop_id=shop_id, voice_id=voice_id)
        if voice is None or voice.customer_id != customer_id:
            raise NotHere(GONE)
        lines = voices.unread_lines(session, shop_id=shop_id, voice_id=voice_id)
        voices.mark_read(session, shop_id=shop_id, voice_id=voice_id, by_customer=True, now=now)
        for line_id in lines:  # what was read in the thread needs no text by hand any more
            cause = f"line:{line_id}"
            recall.cancel(
                session,
                shop_id=shop_id,
                cause=cause,
                but_card=True,
                reason="카드에서 답을 읽으셨어요",
                now=now,
            )


def settle(*, shop_id: int, customer_id: int, voice_id: int, is_settled: bool, now: datetime) -> None:
    """The customer's own word: 해결됐어요 closes the matter, 아직이요 lets it wait for the shop again. Twice is once.

    Raises NotHere, TooLateToReopen.
    """
    with write() as session:
        people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        voice = voices.voice(session, shop_id=shop_id, voice_id=voice_id)
        if voice is None or voice.customer_id != customer_id:
            raise NotHere(GONE)
        if is_settled:
            if voice.closed_at is None:
                voices.close(session, voice=voice, now=now)
            return
        rules.may_reopen(voice.closed_at, now)
        if voice.waiting_since is None:
            voices.reopen(session, voice=voice, waits=True, now=now)
            notify.said_more(session, voice=voice, cause=f"again:{voice.id}:{now:%Y%m%d%H%M%S}", now=now)


def _with_photos(
    session: Any, *, line: VoiceLine, customer_id: int, once: str, now: datetime, form: str = "voice"
) -> None:
    key = pick_key(form, customer_id=customer_id, once=once)
    kept = picks.keep(session, shop_id=line.shop_id, customer_id=customer_id, pick=key, now=now)
    if kept:
        voices.hang_photos(session, line=line, photo_ids=kept)


def _may_speak(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
    if person is None:
        raise NotHere
    if voices.said_today(session, shop_id=shop_id, customer_id=customer_id, now=now) >= rules.MOST_A_DAY:
        raise TooMuchSaid


def heard(session: Any, *, shop_id: int, voice_id: int, staff_id: int, role: str) -> Voice:
    """Return a voice that this role may hear, held until the flow ends. Raises NotHere."""
    voice = voices.voice(session, shop_id=shop_id, voice_id=voice_id)
    if voice is None:
        raise NotHere(GONE)
    is_handed = role == "staff" and caring.handed_to(session, shop_id=shop_id, voice_id=voice_id) == staff_id
    if not rules.may_hear(voice.kind, role, is_handed=is_handed):
        raise NotHere(GONE)
    return voice


def key_of(side: str, who: int, once: str) -> str:
    """Return the stored key: nobody's press can be taken for another person's, nor for a review's own line."""
    return token_hash(f"{side}:{who}:{once}")[:40]
