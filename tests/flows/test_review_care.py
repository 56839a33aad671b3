"""A review is hidden for a listed cause, counted in public, and its writer hears of it; photos are seen first."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.board import reported
from app.board.talk_rules import NothingThere
from app.extensions import db
from app.flows import moderation, privacy, review, review_care, voice
from app.flows.review_care import NothingToHide
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.messages.models import Message
from app.reviews import photos, queries, rules, sums, unseen
from app.reviews.actions import care, reviews
from app.reviews.care_models import ReviewHiding, ReviewSum
from app.reviews.models import Photo, ReviewAsk, ReviewReply, ReviewSetting
from app.shops.models import AuditLine
from app.visits.models import Product, Visit, VisitItem
from app.voices.models import VoiceLine
from tests import asks, factories, world
from tests.factories import ACustomer, AShop
from tests.flows.test_opposite_order import until_somebody_waits
from tests.flows.test_review import an_ask, leave
from tests.world import Clock


def hide(shop: AShop, review_id: int, cause: str = "abuse", note: str = "둘째 줄의 욕") -> bool:
    """Hide a review as the owner."""
    return review_care.hide(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        review_id=review_id,
        cause=cause,
        note=note,
        now=factories.now(),
    )


def show(shop: AShop, review_id: int) -> bool:
    """Show it again."""
    return review_care.show_again(
        shop_id=shop.id, staff_id=shop.owner_id, review_id=review_id, now=factories.now()
    )


def checks(shop: AShop, on: bool) -> None:
    """Let the shop look at photos first, or not."""
    urls = dict.fromkeys(("hashtag", "naver_url", "kakao_url", "google_url"), "")
    review.save_settings(shop_id=shop.id, reward_stamps="0", **urls, checks_photos=on, now=factories.now())


def bought(shop: AShop, holder: ACustomer, *names: str, days: tuple[int | None, ...] = ()) -> None:
    """Let somebody's last visit have things in its basket."""
    with write() as session:
        visit_id = session.scalar(db.select(db.func.max(Visit.id)).where(Visit.customer_id == holder.id))
        for place, name in enumerate(names):
            product = session.scalar(
                db.select(Product).where(Product.shop_id == shop.id, Product.name == name)
            ) or Product(shop_id=shop.id, name=name, price=1000 * (place + 1))
            product.review_days = days[place] if days else None
            session.add(product)
            session.flush()
            session.add(
                VisitItem(shop_id=shop.id, visit_id=visit_id, product_id=product.id, price=product.price)
            )


def sums_are_what_is_shown(shop: AShop) -> None:
    """Hold the kept sums to the reviews themselves."""
    db.session.rollback()
    kept = {
        (row.product_id, row.stars): row.reviews
        for row in db.session.scalars(db.select(ReviewSum).where(ReviewSum.shop_id == shop.id))
        if row.reviews
    }
    counted: dict[tuple[int, int], int] = {}
    products = {each.name: each.id for each in db.session.scalars(db.select(Product))}
    after = None
    while True:
        page = queries.reviews(shop.id, after=after, limit=2)
        for line in page.lines:
            for number in (0, *(products[name] for name in line.goods)):
                counted[number, line.stars] = counted.get((number, line.stars), 0) + 1
        if (after := page.after) is None:
            break
    assert kept == counted


def test_hidden_and_shown_again(shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_stamp(shop, jiwoo.card_id, at=factories.now() - timedelta(days=2))
    bought(shop, jiwoo, "라떼")
    token = an_ask(shop, jiwoo, days_ago=1)
    bought(shop, jiwoo, "라떼", "쿠키")
    left = leave(token, stars="1", text="이 XX 같은 집")
    sums_are_what_is_shown(shop)
    assert hide(shop, left.review_id) is True
    assert hide(shop, left.review_id, cause="ad", note="다른 까닭") is False, "the second tap changes nothing"
    assert queries.reviews(shop.id).lines == []
    assert queries.unanswered(shop.id) == 0
    assert rules.hidden_sentence(sums.hidden_by_cause(shop.id)) == "가린 후기 1개: 욕설 1"
    sums_are_what_is_shown(shop)
    (mine,) = queries.reviews_of(shop_id=shop.id, customer_id=jiwoo.id)
    assert (mine.hidden, mine.hidden_words, mine.text) == ("abuse", "욕설이나 모욕", "이 XX 같은 집")
    letter = db.session.scalars(
        db.select(Message).where(Message.kind == "review_hidden", Message.channel == "card")
    ).one()
    assert "까닭은 ‘욕설이나 모욕’이에요" in letter.text
    assert show(shop, left.review_id) is True
    assert show(shop, left.review_id) is False
    assert [line.id for line in queries.reviews(shop.id).lines] == [left.review_id]
    assert sums.hidden_by_cause(shop.id) == {}
    sums_are_what_is_shown(shop)
    noted = db.session.scalars(db.select(AuditLine.what).where(AuditLine.shop_id == shop.id)).all()
    assert [what for what in noted if what.startswith("review_") and what != "review_settings"] == [
        "review_hidden", "review_shown",
    ]  # fmt: skip
    assert db.session.scalar(db.select(db.func.count(ReviewHiding.id))) == 1, "what was done stays written"
    assert hide(shop, left.review_id), "and it may be hidden once more"


def test_whose_review_is_hidden_may_object_however_late(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    token = an_ask(shop, jiwoo)
    left = leave(token)
    clock.advance(days=70)
    objection: dict[str, Any] = {"token": token, "text": "욕이 아니에요", "now": clock()}
    with pytest.raises(NotHere):
        voice.say_beside_review(**objection, once=factories.once())
    hide(shop, left.review_id)
    voice.say_beside_review(**objection, once=factories.once())
    assert db.session.scalar(db.select(VoiceLine.text)) == "욕이 아니에요"


def test_never_for_the_rating(shop: AShop, jiwoo: ACustomer) -> None:
    left = leave(an_ask(shop, jiwoo), stars="1")
    for cause, note in (("rating", "별로"), ("", "별로"), ("untrue", ""), ("abuse", "별점 1점")):
        with pytest.raises(Invalid):
            hide(shop, left.review_id, cause=cause, note=note)
    assert len(queries.reviews(shop.id).lines) == 1


def test_ten_at_once_hide_it_once(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    left = leave(an_ask(shop, jiwoo))
    done = world.all_at_once(app, [lambda: hide(shop, left.review_id)] * 10)
    assert sorted(done) == [False] * 9 + [True]
    sums_are_what_is_shown(shop)
    assert sorted(world.all_at_once(app, [lambda: show(shop, left.review_id)] * 5)) == [False] * 4 + [True]
    sums_are_what_is_shown(shop)


def test_another_shops_review_and_one_whose_writer_left(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer
) -> None:
    left = leave(an_ask(shop, jiwoo))
    for change in (hide, show):
        with pytest.raises(NotHere):
            change(other_shop, left.review_id)
    hide(shop, left.review_id, note="지우의 전화번호가 있어요", cause="private")
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    assert db.session.scalar(db.select(ReviewHiding.note)) == ""
    assert show(shop, left.review_id), "the stars are counted again"
    with pytest.raises(NothingToHide):
        hide(shop, left.review_id)
    sums_are_what_is_shown(shop)


def test_what_was_reported_of_it_is_settled(shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    def reports(review_id: int, who: ACustomer = minho) -> None:
        moderation.report(
            shop_id=shop.id,
            customer_id=who.id,
            what="review",
            row_id=review_id,
            cause="abuse",
            now=factories.now(),
        )

    first, second = (leave(an_ask(shop, jiwoo, days_ago=days)).review_id for days in (1, 2))
    for review_id in (first, second):
        reports(review_id)
    assert reported.waiting(shop.id) == (2, False)
    hide(shop, first)
    assert [thing.row_id for thing in reported.open_things(shop.id)] == [second]
    with pytest.raises(NothingThere):
        reports(first, factories.a_customer(shop))
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    assert reported.waiting(shop.id) == (0, False)
    with pytest.raises(NothingThere):
        reports(second, factories.a_customer(shop))


@pytest.mark.databases("postgres")
@pytest.mark.parametrize("what", ["hide", "answer"])
def test_who_leaves_while_the_shop_is_at_their_review(
    app: Flask, shop: AShop, jiwoo: ACustomer, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    left = leave(an_ask(shop, jiwoo))
    both = threading.Barrier(2)
    where, name = (care, "hide") if what == "hide" else (reviews, "put_reply")
    real = getattr(where, name)

    def held_up(session: Any, **facts: Any) -> Any:
        both.wait(60)
        until_somebody_waits()
        return real(session, **facts)

    def at_it() -> None:
        if what == "hide":
            hide(shop, left.review_id)
        else:
            own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
            review.answer(**own, review_id=left.review_id, text="한지우 님 고마워요")

    def leaves() -> None:
        both.wait(60)
        privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())

    monkeypatch.setattr(where, name, held_up)
    world.all_at_once(app, [at_it, leaves])
    assert db.session.scalar(db.select(db.func.count(ReviewReply.id))) == 0, "it spoke to who left"
    assert set(db.session.scalars(db.select(ReviewHiding.note))) <= {""}


def a_photo(shop: AShop, jiwoo: ACustomer, number: int = 0) -> str:
    """Leave a review with a photo that is ready; returns its ref."""
    ask = asks.an_ask(shop, jiwoo)
    ref = asks.pick(ask, asks.a_jpeg(number))
    leave(ask.token)
    with write() as session:
        session.execute(db.update(Photo).where(Photo.ref == ref).values(state="ready"))
    return ref


def test_photos_wait_for_the_shops_look(shop: AShop, other_shop: AShop, jiwoo: ACustomer) -> None:
    before = a_photo(shop, jiwoo)
    assert photos.shown_photo(shop.id, before), "shown at once where the shop does not look"
    checks(shop, on=True)
    assert photos.shown_photo(shop.id, before), "what was shown goes on being shown"
    first, second = a_photo(shop, jiwoo, 1), a_photo(shop, jiwoo, 2)
    newest = queries.reviews(shop.id).lines[0].id
    hide(shop, newest)
    assert unseen.count(shop.id) == 1, "nobody asks for a look at what is hidden"
    show(shop, newest)
    assert [each.ref for each in unseen.unseen(shop.id)] == [first, second]
    assert (unseen.count(shop.id), photos.shown_photo(shop.id, first)) == (2, None)
    assert [len(line.photos) for line in queries.reviews(shop.id).lines] == [0, 0, 1]
    own: dict[str, Any] = {"shop_id": shop.id, "now": factories.now()}
    assert review_care.pass_photos(shop_id=other_shop.id, refs=[first], now=factories.now()) == 0
    assert review_care.pass_photos(**own, refs=[first]) == 1
    assert review_care.pass_photos(**own, refs=[first]) == 0
    with pytest.raises(Invalid):
        review_care.refuse_photos(**own, staff_id=shop.owner_id, refs=[second], cause="ugly")
    refuse: dict[str, Any] = own | {"staff_id": shop.owner_id, "cause": "private"}
    checks(shop, on=False)
    assert review_care.refuse_photos(**refuse, refs=[second]) == 0, "shown meanwhile, it is the review's"
    assert photos.shown_photo(shop.id, second)
    with write() as session:
        session.execute(db.update(ReviewSetting).values(checks_photos=True))
    assert review_care.refuse_photos(**refuse, refs=[first, second]) == 1, "what is shown is the review's"
    assert review_care.refuse_photos(**refuse, refs=[second]) == 0
    assert (unseen.count(shop.id), photos.shown_photo(shop.id, second)) == (0, None)
    assert [bool(line.photos) for line in queries.reviews(shop.id, with_photos=True).lines] == [True, True]
    review_id = queries.reviews(shop.id).lines[1].id
    hide(shop, review_id)
    assert photos.shown_photo(shop.id, first) is None, "a hidden review's photo is nobody's to see"


def test_what_is_asked_about_is_what_takes_longest(shop: AShop, jiwoo: ACustomer) -> None:
    from app.flows import review_asks

    factories.a_stamp(shop, jiwoo.card_id, at=factories.now() - timedelta(minutes=5))
    bought(shop, jiwoo, "과자", "참기름", "떡", days=(None, 14, 3))
    review_asks.plan_requests(shop_id=shop.id, now=factories.now())
    row = db.session.scalars(db.select(ReviewAsk)).one()
    assert db.session.scalar(db.select(Product.name).where(Product.id == row.product_id)) == "참기름"
    planned = db.session.scalars(db.select(Message).where(Message.kind == "review_request")).all()
    assert {each.facts["product"] for each in planned} == {"참기름"}
    left = leave(row.token)
    assert queries.review(shop_id=shop.id, review_id=left.review_id).goods == ["과자", "떡", "참기름"]  # type: ignore[union-attr]
    oil = next(each for each in sums.reviewed(shop.id) if each.name == "참기름")
    assert (oil.count, len(queries.reviews(shop.id, product_id=oil.product_id).lines)) == (1, 1)
