"""Hiding, seeing photos first, words, and the public page's numbers, as people meet them. All without scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from app.extensions import db
from app.flows.unit import write
from app.reviews.actions import care
from app.reviews.models import Photo, Review
from tests import asks, coupons, factories
from tests.factories import ACustomer, AShop
from tests.flows.test_review import an_ask, gives, leave
from tests.flows.test_review_care import bought, hide
from tests.payloads import PAYLOADS
from tests.phone import Phone


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """Every SELECT while the test runs."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def test_the_owner_hides_a_review_and_its_writer_may_object(
    app: Flask, phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    token = an_ask(shop, jiwoo)
    left = leave(token, stars="1", text="이 XX 같은 집")
    owner_phone.open(f"/owner/reviews/{left.review_id}")
    form = owner_phone.tap("이 후기 가리기")
    assert "별점이 낮거나 내용이 아쉽다고 가리면 법을 어기는 일이에요" in form.words
    wrong = owner_phone.submit("가리고 손님께 알리기", cause="abuse", note="별점이 1점이라서", status=422)
    assert any("별점이 낮거나 내용이 아쉽다는 까닭으로는" in each for each in wrong.errors())
    assert (wrong.value("cause"), wrong.value("note")) == ("abuse", "별점이 1점이라서")
    done = owner_phone.submit("가리고 손님께 알리기", note="첫 줄의 욕")
    assert "가린 후기예요. 까닭: 욕설이나 모욕 · 첫 줄의 욕" in done.words
    public = Phone(app).open(f"/s/{shop.code}/reviews")
    assert "이 XX" not in public.html
    assert "가린 후기 1개: 욕설 1. 정해진 다섯 가지 까닭으로만" in public.words
    assert "이 XX" not in Phone(app).open(f"/s/{shop.code}").html
    mine = phone.holding(jiwoo).open(f"/r/{token}")
    assert "까닭은 ‘욕설이나 모욕’이에요" in mine.words
    assert "첫 줄의 욕" not in mine.html, "the shop's own note"
    assert "1372 소비자상담센터" in phone.open(f"/c/{shop.code}/reviews").words
    phone.open(f"/r/{token}")
    phone.tap("사장님께 말하기")
    assert "사장님께 전했어요" in phone.submit("사장님께 전하기", text="욕이 아니라 사투리예요").words
    owner_phone.open("/owner/reviews?hidden=1")
    owner_phone.open(f"/owner/reviews/{left.review_id}")
    assert "후기를 다시 보여 드려요" in owner_phone.submit("다시 보이기").words
    assert "이 XX" in Phone(app).open(f"/s/{shop.code}/reviews").html
    changes = owner_phone.open("/owner/more/changes").words
    assert "후기를 가리고 까닭을 ‘욕설’로 적었어요" in changes and "가렸던 후기를 다시 보였어요" in changes


def test_only_the_owner_hides(app: Flask, shop: AShop, other_shop: AShop, jiwoo: ACustomer) -> None:
    left = leave(an_ask(shop, jiwoo))
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    manager.open(f"/owner/reviews/{left.review_id}/hiding", status=403)
    assert "이 후기 가리기" not in manager.open(f"/owner/reviews/{left.review_id}").words
    stranger = Phone(app).signed_in(other_shop, other_shop.owner_id)
    stranger.open(f"/owner/reviews/{left.review_id}/hiding", status=404)


def test_photos_are_seen_many_at_once(
    app: Flask, phone: Phone, owner_phone: Phone, shop: AShop, other_shop: AShop, jiwoo: ACustomer
) -> None:
    owner_phone.open("/owner/more/reviews")
    owner_phone.submit("저장하기", checks_photos="y")
    assert owner_phone.open("/owner/more/reviews").soup.select_one("[name=checks_photos][checked]")
    ask = asks.an_ask(shop, jiwoo)
    refs = [asks.pick(ask, asks.a_jpeg(number)) for number in range(3)]
    leave(ask.token)
    with write() as session:
        session.execute(db.update(Photo).values(state="ready", width=120, height=90))
    assert "확인할 사진 후기에 올라온 사진이에요 3장" in owner_phone.open("/owner").words
    assert "사진 3장은 가게에서 확인한 뒤에 실려요." in phone.holding(jiwoo).open(f"/r/{ask.token}").words
    for path in ("", "/view", "/small"):
        Phone(app).open(f"/s/{shop.code}/photos/{refs[0]}{path}", status=404)
    owner_phone.open("/owner/reviews/photos")
    wrong = owner_phone.submit("고른 사진 빼기", photo=refs[0], status=422)
    assert any("까닭을 하나 골라" in each for each in wrong.errors())
    assert "사진 1장을 싣지 않기로 했어요" in owner_phone.submit("고른 사진 빼기", cause="private").words
    assert "사진 한 장은 실리지 않았어요. 까닭: 개인정보" in phone.open(f"/c/{shop.code}/reviews").words
    none = owner_phone.submit("고른 사진만 싣기", photo="", status=422)
    assert any("실을 사진을 골라 주세요." in each for each in none.errors())
    stranger = Phone(app).signed_in(other_shop, other_shop.owner_id)
    stranger.open(f"/owner/reviews/photos/{refs[1]}", status=404)
    owner_phone.open("/owner/reviews/photos")
    assert "사진 2장을 실었어요" in owner_phone.submit("보이는 2장 모두 싣기").words
    page = Phone(app).open(f"/s/{shop.code}/reviews?photos=1")
    assert len(page.soup.select("article.review .photos img")) == 2
    assert "사진을 싣지 않았어요" not in page.words


def test_the_page_is_narrowed_and_counts_what_it_shows(app: Flask, shop: AShop) -> None:
    for number in range(6):
        holder = factories.a_customer(shop, name=f"손님{number}")
        factories.a_stamp(shop, holder.card_id)
        bought(shop, holder, "라떼" if number % 2 else "쿠키")
        token = an_ask_of_last(shop, holder)
        leave(token, stars=str(number % 2 * 4 + 1), text=f"{number}번째")
    phone = Phone(app)
    page = phone.open(f"/s/{shop.code}/reviews")
    assert "후기 6개, 평균 3.0점" in page.words
    latte = phone.tap("라떼 3")
    assert "라떼 · 후기 3개, 평균 5.0점" in latte.words
    assert len(latte.soup.select("article.review")) == 3
    assert "여기에 맞는 후기가 아직 없어요" in phone.tap("사진 있는 후기").words
    phone.open(f"/s/{shop.code}/reviews?product=999", status=404)


def an_ask_of_last(shop: AShop, holder: ACustomer) -> str:
    """Open the ask of somebody's last visit."""
    from app.flows import review_asks
    from app.visits.models import Visit

    visit_id = db.session.scalar(db.select(db.func.max(Visit.id)).where(Visit.customer_id == holder.id))
    return review_asks.open_ask(
        shop_id=shop.id, customer_id=holder.id, visit_id=int(visit_id or 0), now=factories.now()
    )


def test_search_engines_are_told_what_everybody_sees(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    gives(shop, 1)
    typed = "\n".join(PAYLOADS)[:900].strip()
    leave(an_ask(shop, jiwoo), text=typed, told_reward=1)
    other = leave(an_ask(shop, factories.a_customer(shop)), stars="1", text="가려질 글")
    hide(shop, other.review_id)
    page = Phone(app).open(f"/s/{shop.code}/reviews")
    (block,) = page.soup.select("script[type='application/ld+json']")
    told = json.loads(str(block.string))
    assert told["aggregateRating"] | {"@type": ""} == {
        "@type": "", "ratingValue": 5.0, "ratingCount": 1, "bestRating": 5, "worstRating": 1,
    }  # fmt: skip
    (one,) = told["review"]
    assert one["reviewBody"] == f"[혜택 제공 · 도장 1개를 받고 쓴 후기예요] {typed}"
    assert (one["author"]["name"], one["reviewRating"]["ratingValue"]) == ("한*우 님", 5)
    assert "가려질 글" not in page.html
    assert (
        not Phone(app)
        .open(f"/s/{shop.code}/reviews?photos=1")
        .soup.select("script[type='application/ld+json']")
    )


def test_praise_and_blame_lead_to_the_reviews_behind_them(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    good, bad = (
        leave(an_ask(shop, jiwoo), text="친절해요"),
        leave(an_ask(shop, jiwoo, days_ago=1), text="불친절해요"),
    )
    with write() as session:
        for left, side in ((good, "praise"), (bad, "blame")):
            text = session.scalar(db.select(Review.text).where(Review.id == left.review_id))
            care.put_words(
                session, shop_id=shop.id, review_id=left.review_id, text=text, words=[("친절", side)],
                now=factories.now(),
            )  # fmt: skip
    owner_phone.open("/owner/reviews")
    page = owner_phone.tap("칭찬과 아쉬움 손님들이 쓰신 말을 모아 봐요")
    assert [heading.get_text() for heading in page.soup.select("h2")] == ["칭찬", "아쉬움"]
    links = [str(tag["href"]) for tag in page.soup.select("section .tag-chip")]
    behind = owner_phone.open(links[1])
    assert "‘친절’이 아쉬웠다는 후기" in behind.words
    assert [pre.get_text() for pre in behind.soup.select("article .pre")] == ["불친절해요"]
    assert "친절 1" in owner_phone.open("/owner/reviews/words?month=2026-11").words
    assert "친절 1" not in owner_phone.open("/owner/reviews/words?month=2026-10").words


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("narrowed", ["", "?photos=1", "?product={product}"])
def test_a_page_asks_as_much_of_ten_as_of_a_hundred(
    app: Flask, shop: AShop, asked: list[str], narrowed: str, jiwoo: ACustomer
) -> None:
    def more(many: int) -> None:
        for number in range(many):
            with write() as session:
                session.execute(db.update(Photo).values(state="ready", width=9, height=9))
            ask = asks.an_ask(shop, jiwoo)
            bought(shop, jiwoo, "라떼")
            asks.pick(ask, asks.a_jpeg(number))
            with write() as session:
                row = session.get(asks.ReviewAsk, ask.id)
                review = Review(
                    shop_id=shop.id, customer_id=jiwoo.id, ask_id=ask.id, stars=5, at=factories.now()
                )
                session.add(review)
                session.flush()
                care.add_goods(session, review=review, ask=row)
                care.count(session, shop_id=shop.id, review_id=review.id, stars=5, by=1)
                session.execute(
                    db.update(Photo).where(Photo.ask_id == ask.id).values(review_id=review.id, state="ready")
                )

    def cost() -> int:
        from app.reviews import sums

        product = next(iter(sums.reviewed(shop.id))).product_id
        path = f"/s/{shop.code}/reviews{narrowed.format(product=product)}"
        Phone(app).open(path)
        asked.clear()
        assert Phone(app).open(path).soup.select("article.review")
        return len(asked)

    more(22)
    few = cost()
    more(20)
    assert cost() == few <= 14


def test_whoever_reads_a_review_may_report_it(
    app: Flask, phone: Phone, owner_phone: Phone, shop: AShop, other_shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:  # fmt: skip
    left = leave(an_ask(shop, jiwoo), stars="1", text="직원이 별로예요")
    stranger = Phone(app)
    stranger.open(f"/s/{shop.code}/reviews")
    lost = stranger.tap("신고하기")
    assert lost.h1 == "신고하기"
    assert (
        "이 가게 카드가 있는 분이 신고할 수 있어요. 카드를 받으신 뒤 이 화면을 다시 열어 주세요."
        in lost.words
    )
    assert "가게에 전화하기" in lost.words
    stranger.open(f"/s/{shop.code}/reports/post/1", status=404)
    phone.holding(minho).open(f"/s/{shop.code}/reviews")
    assert phone.tap("신고하기").path == f"/c/{shop.code}/reports/review/{left.review_id}"
    assert "가게에 알렸어요" in phone.submit("신고하기", cause="private").words
    assert "개인정보 1명" in owner_phone.open("/owner/reported").words
    hide(shop, left.review_id)
    assert "신고된 것이 없어요" in owner_phone.open("/owner/reported").words


def test_a_review_has_an_address_and_a_picture_of_its_own(
    app: Flask, shop: AShop, other_shop: AShop, jiwoo: ACustomer
) -> None:
    gives(shop, 1)
    left = leave(an_ask(shop, jiwoo), text="커피가 좋아요", told_reward=1)
    page = Phone(app).open(f"/s/{shop.code}/reviews/{left.review_id}")
    told = {str(tag["property"]): str(tag["content"]) for tag in page.soup.select("meta[property^='og:']")}
    assert told["og:description"] == "[혜택 제공 · 도장 1개를 받고 쓴 후기예요] 커피가 좋아요"
    picture = told["og:image"].removeprefix(app.config["BASE_URL"])
    answer = app.test_client().get(picture, base_url=app.config["BASE_URL"])
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    Phone(app).open(f"/s/{other_shop.code}/reviews/{left.review_id}", status=404)
    hide(shop, left.review_id)
    for path in ("", "/picture"):
        Phone(app).open(f"/s/{shop.code}/reviews/{left.review_id}{path}", status=404)


def test_the_owners_list_is_narrowed(owner_phone: Phone, shop: AShop) -> None:
    for number, stars in enumerate("135"):
        holder = factories.a_customer(shop)
        factories.a_stamp(shop, holder.card_id)
        bought(shop, holder, "라떼" if number else "쿠키")
        leave(an_ask_of_last(shop, holder), stars=stars, text=f"{number}번째")

    def shown() -> list[str]:
        return [tag.get_text() for tag in page.soup.select("article .pre")]

    page = owner_phone.open("/owner/reviews")
    assert "답글 기다려요 3개" in page.words
    assert page.soup.select_one("details:not(.answer) a[href$='/hiding']"), "hiding is rare, and lies behind"
    assert len(page.soup.select("form[action$='/voice']")) == 2
    page = owner_phone.tap("3점까지")
    assert shown() == ["1번째", "0번째"]
    page = owner_phone.tap("라떼 2")
    assert shown() == ["1번째"]
    page = owner_phone.tap("모두")
    assert shown() == ["2번째", "1번째"]
    page = owner_phone.tap("사진 있어요")
    assert "여기에 맞는 후기가 아직 없어요" in page.words


def test_the_owners_list_goes_on_where_it_ended(owner_phone: Phone, shop: AShop) -> None:
    for number in range(21):
        leave(an_ask(shop, factories.a_customer(shop)), text=f"{number}번째")
    owner_phone.open("/owner/reviews?unanswered=1")
    rest = owner_phone.tap("더 보기")
    assert len(rest.soup.select("article.review")) == 1
    assert "답글 기다리는 후기" in rest.words


def test_a_coupon_for_a_review_is_named_wherever_reviews_are_spoken_of(
    phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    owner_phone.open("/owner/more/reviews")
    assert owner_phone.tap("쿠폰").path == "/owner/coupons"
    coupons.a_kind(shop, "review")
    factories.a_stamp(shop, jiwoo.card_id)
    assert "쿠폰 1장을 드려요" in phone.holding(jiwoo).open(f"/c/{shop.code}/reviews").words
    phone.tap("후기 쓰기")
    thanks = phone.submit("후기 남기기", stars="2")
    assert "쿠폰 1장을 카드에 담아 드렸어요" in thanks.words
