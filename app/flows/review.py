"""A customer reviews a visit; the shop answers in public. The same way for every rating."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cards.actions import ledger
from app.cards.models import Card
from app.customers import actions as people
from app.flows import audit, coupon_rules, free_stamps, notify, review_care
from app.flows.unit import after_a_race, write
from app.kit.refusals import Invalid, NotHere
from app.messages import outbox, recall
from app.reviews import given_rules, rules
from app.reviews import queries as reads
from app.reviews.actions import care, photos, reviews
from app.reviews.models import Review, ReviewAsk
from app.reviews.rules import AskGone, ReviewErased, TooManyReviews, VisitUndone, WriterGone, Written
from app.testers import disclosing
from app.voices import actions as voices
from app.voices.rules import kind_after_review

WRONG_LINK = "후기 주소가 맞지 않아요. 받으신 링크를 다시 누르거나 카드에서 ‘내 후기’를 열어 주세요."


@dataclass(frozen=True)
class Left:
    """A review was left. `repeated`: the visit had one before, nothing new happened; `same`: with these words."""

    shop_id: int
    review_id: int
    repeated: bool
    same: bool
    reward: str  # "도장 1개", "" for none


def leave(
    *,
    token: str,
    stars: str,
    mood: str,
    text: str,
    told_reward: int,
    now: datetime,
    told_coupon: int | None = None,
) -> Left:
    """Write a review of one visit down and give what the form promised for it, whatever the rating.

    `told_reward`: the stamps that the form named before anybody wrote, `told_coupon` the kind of coupon; just
    these are given, so that nothing is rewarded that was not disclosed first. A form that named more than the shop gives by now comes back.
    아쉬웠어요 also opens a voice for the owner. Raises Invalid, NotHere (ReviewErased
    for a person who left), AskGone, VisitUndone, TooManyReviews.
    """
    written = rules.clean_review(stars=stars, mood=mood, text=text)
    return after_a_race(
        lambda: _leave(
            token=token, written=written, told_reward=told_reward, told_coupon=told_coupon, now=now
        )
    )


def _leave(*, token: str, written: Written, told_reward: int, told_coupon: int | None, now: datetime) -> Left:
    with write() as session:
        found = reviews.ask_by_token(session, token=token)
        if found is None:
            raise NotHere(WRONG_LINK)
        # The card first and the person second, as every flow takes them: two taps at once meet here.
        ledger.hold_card(session, shop_id=found[0].shop_id, customer_id=found[0].customer_id)
        # Asked again under the card's lock: 적립 취소 may have come between.
        found = reviews.ask_by_token(session, token=token)
        if found is None:
            raise NotHere(WRONG_LINK)
        ask, undone_at = found
        person = people.customer(session, shop_id=ask.shop_id, customer_id=ask.customer_id, lock=True)
        if person is None:
            raise ReviewErased
        before = reviews.review_of(session, shop_id=ask.shop_id, ask_id=ask.id)
        if before is not None:
            same = (before.stars, before.mood, before.text) == (written.stars, written.mood, written.text)
            return Left(ask.shop_id, before.id, repeated=True, same=same, reward=before.reward)
        _may_review(session, ask=ask, undone_at=undone_at, now=now)
        if told_reward > reviews.reward_stamps(session, shop_id=ask.shop_id):
            raise Invalid({"text": rules.REWARD_CHANGED})
        given = _reward(session, ask=ask, stamps=max(0, told_reward), now=now)
        if told_coupon is not None:
            _give_coupon(session, ask=ask, kind_id=told_coupon, now=now)
        review = reviews.add_review(
            session,
            ask=ask,
            written=written,
            shown_name=rules.shown_name(person.name),
            reward=given_rules.reward_words(
                given,
                coupon=told_coupon is not None,
                tried=disclosing.given_lately(shop_id=ask.shop_id, customer_id=ask.customer_id, now=now),
                works_here=person.staff_id is not None,
            ),
            now=now,
        )
        care.add_goods(session, review=review, ask=ask)
        care.count(session, shop_id=ask.shop_id, review_id=review.id, stars=review.stars, by=1)
        photos.attach(session, shop_id=ask.shop_id, ask_id=ask.id, review_id=review.id)
        _tell(session, ask=ask, review=review, now=now)
        return Left(ask.shop_id, review.id, repeated=False, same=False, reward=review.reward)


def _may_review(session: Any, *, ask: ReviewAsk, undone_at: datetime | None, now: datetime) -> None:
    if undone_at is not None:
        raise VisitUndone
    if ask.expires_at <= now:
        raise AskGone
    today = reviews.written_today(session, shop_id=ask.shop_id, customer_id=ask.customer_id, now=now)
    if today >= rules.MOST_A_DAY:
        raise TooManyReviews


def _reward(session: Any, *, ask: ReviewAsk, stamps: int, now: datetime) -> int:
    """Stamp the reviewer's card, one line that its key lets in once; returns how many stamps it brought."""
    found = ledger.card(session, shop_id=ask.shop_id, where=Card.customer_id == ask.customer_id, lock=True)
    if found is None or not stamps:
        return 0
    card, rule = found
    given = free_stamps.give(
        session, card=card, rule=rule, stamps=stamps, how="review", once=f"review:{ask.id}", now=now
    )
    return 0 if given is None else stamps


def _give_coupon(session: Any, *, ask: ReviewAsk, kind_id: int, now: datetime) -> None:
    """Give the coupon the form promised, or have the form come back when it can't be given any more."""
    made = coupon_rules.give_kind(
        session,
        shop_id=ask.shop_id,
        customer_id=ask.customer_id,
        kind_id=kind_id,
        cause=f"review:{ask.id}",
        now=now,
        rule="review",
    )
    if made is None:
        raise Invalid({"text": rules.REWARD_CHANGED})


def _tell(session: Any, *, ask: ReviewAsk, review: Review, now: datetime) -> None:
    """Thank the person, take back what would still ask, and open a voice for 아쉬웠어요."""
    cause = f"visit:{ask.visit_id}"
    asking = ("review_request", "review_wanted", "satisfaction")
    recall.cancel_waiting(session, shop_id=ask.shop_id, cause=cause, kinds=asking, reason="후기를 남기셨어요")
    outbox.plan(
        session,
        shop_id=ask.shop_id,
        customer_id=ask.customer_id,
        kind="review_thanks",
        cause=f"review:{review.id}",
        due_at=now,
        facts={"token": ask.token},
        now=now,
    )
    if review.mood == "bad":
        voice = voices.open_voice(
            session,
            shop_id=ask.shop_id,
            customer_id=ask.customer_id,
            kind=kind_after_review(mood=review.mood, stars=review.stars),
            review_id=review.id,
            now=now,
        )
        said = review.text or f"별점 {review.stars}점 · {rules.MOODS[review.mood]}"
        voices.add_line(session, voice=voice, text=said, once=f"review:{review.id}", now=now)
        notify.voice_came(session, voice=voice, now=now)


def answer(*, shop_id: int, staff_id: int, review_id: int, text: str, now: datetime) -> None:
    """Write or change the shop's public answer to a review; its writer is told of the first one.

    Raises Invalid, NotHere, WriterGone.
    """
    words = rules.clean_reply(text)

    def answered() -> None:
        with write() as session:
            review, writer = review_care.held(session, shop_id=shop_id, review_id=review_id)
            if writer is None:
                raise WriterGone
            is_first = review.answered_at is None
            reviews.put_reply(
                session, shop_id=shop_id, review_id=review_id, staff_id=staff_id, text=words, now=now
            )
            # Of a visit long ago nobody waits for it: they find it when they look.
            if is_first and now - review.at < rules.ASK_LIVES:
                _tell_of_answer(session, review=review, now=now)

    after_a_race(answered)


def _tell_of_answer(session: Any, *, review: Review, now: datetime) -> None:
    outbox.plan(
        session,
        shop_id=review.shop_id,
        customer_id=review.customer_id,
        kind="review_answer",
        cause=f"review:{review.id}",
        due_at=now,
        facts={"token": care.token_of(session, shop_id=review.shop_id, ask_id=review.ask_id)},
        now=now,
    )


def save_settings(
    *,
    shop_id: int,
    reward_stamps: str,
    hashtag: str,
    naver_url: str,
    kakao_url: str,
    google_url: str,
    now: datetime,
    checks_photos: bool = False,
    staff_id: int | None = None,
) -> None:
    """Save what the shop decides about reviews; photos that are shown already go on being shown. Raises Invalid with a sentence a field."""
    settings = rules.clean_settings(
        reward_stamps=reward_stamps,
        hashtag=hashtag,
        naver_url=naver_url,
        kakao_url=kakao_url,
        google_url=google_url,
        checks_photos=checks_photos,
    )
    with write() as session:
        before = reads.settings(shop_id)
        reviews.put_settings(session, shop_id=shop_id, settings=settings, now=now)
        if settings.checks_photos and not before.checks_photos:
            care.pass_photos(session, shop_id=shop_id, now=now)
        if settings.reward_stamps:
            # With a reward even a request that was asked for is an ad (정보통신망법 50조).
            reason = "후기에 도장을 드리기로 해서 보내지 않아요."
            recall.cancel_kind(session, shop_id=shop_id, kind="review_wanted", reason=reason)
        if settings != before:
            detail = f"{before.reward_stamps}>{settings.reward_stamps}"
            audit.note(
                session, shop_id=shop_id, what="review_settings", staff_id=staff_id, detail=detail, now=now
            )
