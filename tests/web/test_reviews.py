"""Reviews as people meet them: the form, the thanks, the shop's page, the owner's answer. All without scripts."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
from bs4 import Tag
from flask import Flask

from app.cards.models import Card
from app.extensions import db
from app.flows import own_card, privacy, review
from app.reviews.models import Review
from app.shops.models import AccessLog
from app.visits.models import Visit
from app.web.assets import load
from tests import factories, pages
from tests.factories import ACustomer, AShop
from tests.flows.test_review import an_ask, gives, leave
from tests.payloads import PAYLOADS
from tests.phone import Page, Phone
from tests.world import Clock


def links(shop: AShop, reward: str = "0") -> None:
    """Let the shop lead to its other places."""
    review.save_settings(
        shop_id=shop.id,
        reward_stamps=reward,
        hashtag="봄날커피",
        naver_url="https://naver.me/spring",
        kakao_url="https://kko.to/spring",
        google_url="",
        now=factories.now(),
    )


def disclosed_first(page: Page) -> list[str]:
    """Return what every review of a page begins with."""
    first = []
    for article in page.soup.select("article.review"):
        tag = next(child for child in article.children if isinstance(child, Tag))
        first.append(pages.words(tag))
    assert first, page.path
    return first


def test_from_the_card_to_the_thanks(phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    phone.holding(jiwoo).open(f"/c/{shop.code}")
    phone.tap("내 후기·사진")
    form = phone.tap("후기 쓰기")
    assert form.h1 == "봄날커피, 어떠셨어요?"
    again = phone.submit("후기 남기기", mood="bad", text="조금 식었어요", status=422)
    assert "별점을 하나 골라 주세요." in again.errors()
    assert (again.value("mood"), again.value("text")) == ("bad", "조금 식었어요")
    thanks = phone.submit("후기 남기기", stars="2")
    assert (thanks.h1, thanks.path[-7:]) == ("후기 고마워요", "/thanks")
    assert phone.submit("사장님께 전하기", text=" ", status=422).errors()
    said = phone.submit("사장님께 전하기", text="다음엔 따뜻하게 부탁드려요")
    assert "사장님께 전했어요" in said.words
    mine = phone.open(f"/c/{shop.code}/reviews")
    assert "2점 · 조금 아쉬워요" in mine.words
    assert "조금 식었어요" in mine.words
    talk = phone.open(f"/c/{shop.code}/voices")
    assert "다음엔 따뜻하게 부탁드려요" in talk.words


def test_the_thanks_page_is_the_same_for_every_rating(app: Flask, shop: AShop) -> None:
    links(shop)
    seen = set()
    for stars, mood in (("1", "bad"), ("5", "good"), ("3", "")):
        token = an_ask(shop, factories.a_customer(shop))
        left = leave(token, stars=stars, mood=mood, text="")
        assert not left.repeated
        page = Phone(app).open(f"/r/{token}/thanks")
        assert "https://naver.me/spring" in page.html
        assert "하고 싶은 말을 편하게 적어 주세요." in page.words, "nobody is told to have been disappointed"
        for tag in page.soup.select("[name=csrf_token], [name=once]"):
            tag["value"] = ""
        seen.add(str(page.soup.body).replace(token, "TOKEN"))
    assert len(seen) == 1


def test_a_double_tap_is_thanked_and_another_try_sees_the_review(
    phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    token = an_ask(shop, jiwoo)
    first = phone.open(f"/r/{token}")
    fields = {"csrf_token": phone.token(), "stars": "4", "mood": "", "text": "좋아요", "told": "0"}
    for _tap in range(2):
        assert phone.post(first.path, fields).h1 == "후기 고마워요"
    other = phone.post(first.path, {**fields, "stars": "1"})
    assert other.h1 == "이미 남기신 후기예요"
    assert "4점 · 좋아요" in other.words
    assert "먼저 남기신 후기가 있어서 이번 글은 올리지 않았어요." in other.words
    assert "올리지 않았어요" not in phone.open(f"/r/{token}").words
    assert db.session.scalar(db.select(db.func.count(Review.id))) == 1


def test_the_form_is_sent_in_place_and_leads_to_the_thanks(
    phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    form = phone.open(f"/r/{an_ask(shop, jiwoo)}")
    assert form.soup.select_one("#review-form[data-typed][hx-target='#main']") is not None
    assert "‘아쉬웠어요’를 고르시면 사장님께 따로 전해 드려요." in form.words
    back = phone.submit("후기 남기기", text="조금 식었어요", htmx=True, status=422)
    assert "별점을 하나 골라 주세요." in back.errors()
    assert (back.value("text"), back.h1) == ("조금 식었어요", "봄날커피, 어떠셨어요?")
    assert phone.submit("후기 남기기", stars="2", text="조금 식었어요", htmx=True).h1 == "후기 고마워요"


def test_a_fourth_review_of_a_day_keeps_what_was_typed(phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    tokens = [an_ask(shop, jiwoo, days_ago=days) for days in (1, 2, 3, 4)]
    for token in tokens[:3]:
        leave(token)
    phone.open(f"/r/{tokens[3]}")
    late = phone.submit("후기 남기기", stars="3", text="네 번째예요", status=422)
    assert any("내일 남겨 주세요" in sentence for sentence in late.errors())
    assert (late.value("stars"), late.value("text")) == ("3", "네 번째예요")


def test_links_that_open_nothing_say_what_to_do(
    phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    for garbage in ("A" * 22, "x", "가나다"):
        assert "카드에서 ‘내 후기’를 열어 주세요" in phone.open(f"/r/{garbage}", status=404).words
    token = an_ask(shop, jiwoo)
    assert phone.open(f"/r/{token}/thanks").path == f"/r/{token}", "nothing to thank for yet"
    clock.advance(days=61)
    assert "가게에서 카드를 보여 주세요" in phone.open(f"/r/{token}", status=410).words
    undone = an_ask(shop, jiwoo)
    db.session.execute(db.update(Visit).values(reversed_at=clock()))
    db.session.commit()
    assert "적립이 취소되어" in phone.open(f"/r/{undone}", status=410).words


def test_what_is_given_is_told_before_and_disclosed_first_everywhere(
    app: Flask, phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    links(shop, reward="1")
    token = an_ask(shop, jiwoo)
    form = phone.holding(jiwoo).open(f"/r/{token}")
    badge = "혜택 제공 · 도장 1개를 받고 쓴 후기예요"
    told = form.words.index(badge)
    assert told < form.words.index("하고 싶은 말"), "before anybody writes"
    thanks = phone.submit("후기 남기기", stars="5", text="최고예요")
    assert "도장 1개를 카드에 담아 드렸어요" in thanks.words
    links(shop, reward="0")
    (review_id,) = db.session.scalars(db.select(Review.id))
    shown = [
        phone.open(f"/r/{token}"),
        phone.open(f"/c/{shop.code}/reviews"),
        Phone(app).open(f"/s/{shop.code}"),
        Phone(app).open(f"/s/{shop.code}/reviews"),
        owner_phone.open("/owner/reviews"),
        owner_phone.open(f"/owner/reviews/{review_id}"),
    ]
    for page in shown:
        assert disclosed_first(page) == [badge], page.path
    own = phone.open(f"/c/{shop.code}/me/text").html
    assert own.index(badge) < own.index("최고예요")
    (kept,) = phone.open(f"/c/{shop.code}/me/download").answer.get_json()["reviews"]
    assert (kept["disclosed"], kept["text"]) == (badge, "최고예요")
    raw = phone.open(f"/c/{shop.code}/me/download").html
    assert raw.index(badge) < raw.index("최고예요")
    assert phone.open(f"/c/{shop.code}/visits").words.count("후기를 남기셔서") == 1


def test_who_works_there_is_disclosed_first_and_stays_so(
    app: Flask, phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    links(shop, reward="1")
    staff_id = factories.a_staff(shop, name="민수", role="staff")
    spoken = db.session.scalar(db.select(Card.spoken).where(Card.id == jiwoo.card_id)) or ""
    own_card.link(shop_id=shop.id, staff_id=staff_id, spoken=spoken, now=factories.now())
    token = an_ask(shop, jiwoo)
    badge = "가게 관계자 · 혜택 제공 · 도장 1개를 받고 쓴 후기예요"
    assert badge in phone.holding(jiwoo).open(f"/r/{token}").words, "told before anybody writes"
    assert "도장 1개를 카드에 담아" in phone.submit("후기 남기기", stars="5", text="최고예요").words
    own_card.unlink(shop_id=shop.id, customer_id=jiwoo.id, by=shop.owner_id, now=factories.now())
    assert disclosed_first(Phone(app).open(f"/s/{shop.code}/reviews")) == [badge]


def test_the_wish_on_the_card(phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    phone.holding(jiwoo).open(f"/c/{shop.code}")
    assert "이번 후기 요청 받을게요" not in phone.page.html  # type: ignore[union-attr]
    factories.a_stamp(shop, jiwoo.card_id)
    phone.open(f"/c/{shop.code}")
    wished = phone.submit("이번 후기 요청 받을게요")
    assert "11월 24일(화)에 후기 쓰는 곳을 알려 드릴게요" in wished.words
    assert "이번 후기 요청 받을게요" in phone.submit("안 받을래요").words
    piece = phone.submit("이번 후기 요청 받을게요", htmx=True)
    assert 'id="live"' in piece.html
    assert "안 받을래요" in piece.html
    gives(shop, 1)
    assert "후기 쓰는 곳을" not in phone.open(f"/c/{shop.code}").html
    gives(shop, 0)
    clock.advance(days=1)
    assert "후기 쓰는 곳을" not in phone.open(f"/c/{shop.code}").html


def test_the_shops_page_shows_the_newest_three_and_stays_light(app: Flask, shop: AShop) -> None:
    for number in range(25):
        holder = factories.a_customer(shop, name=f"손님{number}")
        leave(an_ask(shop, holder), stars=str(number % 5 + 1), text=f"{number}번째 후기 " + "맛있어요 " * 60)
    phone = Phone(app)
    join = phone.open(f"/s/{shop.code}")
    assert len(join.soup.select("article.review")) == 3
    assert "후기 25개, 평균 3.0점" in join.words
    assert len(join.soup.select(".thumb .button")) == 1
    parts = [
        tag.get("href") or tag.get("src") for tag in join.soup.select("link[rel=stylesheet], script[src]")
    ]
    assets = {asset.url: len(asset.zipped) for asset in load().values()}
    assert len(gzip.compress(join.html.encode())) + sum(assets[str(part)] for part in parts) < 35 * 1024
    phone.tap("후기 모두 보기 25개")
    seen = 0
    while True:
        assert phone.page is not None
        seen += len(phone.page.soup.select("article.review"))
        if "더 보기" not in phone.page.words:
            break
        phone.tap("더 보기")
    assert seen == 25


def test_the_owner_answers_and_everybody_reads_it(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    leave(an_ask(shop, jiwoo), text="라떼가 맛있어요")
    home = owner_phone.open("/owner")
    assert "답글 기다리는 후기" in home.words
    page = owner_phone.tap("답글 기다리는 후기 1개")
    assert "한지우 님" in page.words
    wrong = owner_phone.submit("답글 남기기", text="가" * 501, status=422)
    assert wrong.value("text") == "가" * 501
    done = owner_phone.submit("답글 남기기", text="고맙습니다")
    assert "답글을 남겼어요" in done.words
    piece = owner_phone.submit("답글 남기기", text="정말 고맙습니다", htmx=True)
    assert "정말 고맙습니다" in piece.html
    assert "<html" not in piece.html
    assert "정말 고맙습니다" in Phone(app).open(f"/s/{shop.code}").words
    assert "한지우" not in Phone(app).open(f"/s/{shop.code}/reviews").html
    assert "답글 기다리는 후기" not in owner_phone.open("/owner").words
    looked = set(db.session.scalars(db.select(AccessLog.action).where(AccessLog.shop_id == shop.id)))
    assert "reviews" in looked


def test_nobody_answers_a_person_who_left(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    token = an_ask(shop, jiwoo)
    left = leave(token, stars="2")
    page = owner_phone.open(f"/owner/reviews/{left.review_id}")
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    late = {"csrf_token": owner_phone.token(), "text": "고맙습니다"}
    assert "정보를 지우셔서" in owner_phone.post(page.path, late, status=409).words
    assert "답글 기다리는 후기" not in owner_phone.open("/owner").words
    assert "모두 답하셨어요" in owner_phone.open("/owner/reviews?unanswered=1").words
    for path in ("/owner/reviews", page.path):
        shown = owner_phone.open(path)
        assert "2점 · 조금 아쉬워요 정보를 지운 손님" in shown.words
        assert shown.soup.select_one("article.review :is(a, form)") is None
    for path in ("", "/thanks", "/photos"):
        gone = Phone(app).open(f"/r/{token}{path}", status=404)
        assert "지웠거나 없는 후기예요. 가게에서 카드를 다시 받으실 수 있어요." in gone.words


def test_a_shop_without_reviews_says_so_once(owner_phone: Phone) -> None:
    for path in ("/owner/reviews", "/owner/reviews?unanswered=1"):
        page = owner_phone.open(path)
        assert page.words.count("아직 후기가 없어요") == 1
        assert "답글 기다리는 후기" not in page.words


def test_a_review_of_another_shop_is_not_there(
    app: Flask, shop: AShop, other_shop: AShop, jiwoo: ACustomer
) -> None:
    left = leave(an_ask(shop, jiwoo))
    stranger = Phone(app).signed_in(other_shop, other_shop.owner_id)
    stranger.open(f"/owner/reviews/{left.review_id}", status=404)
    assert "라떼" not in stranger.open("/owner/reviews").html


def test_the_settings_say_what_is_wrong_and_keep_what_was_typed(owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/more")
    owner_phone.tap("후기 설정 드릴 도장, 해시태그, 다른 곳 주소")
    wrong = owner_phone.submit(
        "저장하기", reward_stamps="2", naver_url="https://evil.kr/naver.com", status=422
    )
    assert any("붙인 글에 네이버 주소가 없어요" in sentence for sentence in wrong.errors())
    assert (wrong.value("reward_stamps"), wrong.value("naver_url")) == ("2", "https://evil.kr/naver.com")
    owner_phone.submit("저장하기", naver_url="https://naver.me/spring", hashtag="#봄날커피")
    kept = owner_phone.open("/owner/more/reviews")
    assert (kept.value("reward_stamps"), kept.value("hashtag")) == ("2", "봄날커피")


@pytest.mark.parametrize("role", ["staff", "manager"])
def test_who_may_not_decide_about_reviews(app: Flask, shop: AShop, role: str) -> None:
    phone = Phone(app).signed_in(shop, factories.a_staff(shop, role=role))
    phone.open("/owner/more/reviews", status=403)
    phone.open("/owner/reviews", status=200 if role == "manager" else 403)


def test_reviews_are_told_of_where_data_is_told_of(
    app: Flask, phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    leave(an_ask(shop, jiwoo), text="내려받을 후기")
    assert "별점, 만족도, 글, 사진" in Phone(app).open(f"/s/{shop.code}/privacy").words
    mine = phone.holding(jiwoo).open(f"/c/{shop.code}/me/download").answer.get_json()
    assert [(line["stars"], line["text"]) for line in mine["reviews"]] == [(5, "내려받을 후기")]
    assert "내려받을 후기" in phone.open(f"/c/{shop.code}/me/text").html


def test_what_is_typed_stays_text(app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    """S07: every page is looked at by phone.py, which sees an element or a handler that slipped in."""
    typed = "\n".join(PAYLOADS)[:900].strip()
    left = leave(an_ask(shop, jiwoo), mood="bad", text=typed)
    review.answer(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        review_id=left.review_id,
        text=typed[:500],
        now=factories.now(),
    )
    pages_of_all = [Phone(app).open(f"/s/{shop.code}"), Phone(app).open(f"/s/{shop.code}/reviews")]
    for page in (*pages_of_all, owner_phone.open("/owner/reviews"), owner_phone.open("/owner/voices")):
        assert page.soup.find("svg", attrs={"onload": True}) is None
        assert page.soup.find("iframe") is None
        assert typed[:60] in "\n".join(tag.get_text() for tag in page.soup.select(".pre, .list .two")), (
            page.path
        )


def test_old_visits_are_not_offered(phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_stamp(shop, jiwoo.card_id, at=factories.now() - timedelta(days=61))
    page = phone.holding(jiwoo).open(f"/c/{shop.code}/reviews")
    assert "아직 남길 후기가 없어요" in page.words
    assert page.soup.find("input", attrs={"name": "visit"}) is None
