"""가게 소식 from the owner's pen to the card and the shop's page; the shop's page itself; what is posted elsewhere."""

from __future__ import annotations

import gzip
import io
import json
import re

import pytest
from flask import Flask
from PIL import Image

from app.extensions import db
from app.flows import notice, shop_links
from app.flows.unit import write
from app.messages.models import Message
from app.reviews.models import ReviewSetting
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.test_notices import pictured, shown
from tests.phone import Page, Phone


def by(page: Page, name: str) -> str:
    """Return what a page says of itself under a property."""
    found = page.soup.select_one(f"meta[property='{name}']")
    assert found is not None, name
    return str(found["content"])


def test_from_the_owners_pen_to_the_card_and_the_count_comes_back(
    app: Flask, shop: AShop, owner_phone: Phone, minho: ACustomer, phone: Phone
) -> None:
    holder = Phone(app).holding(minho)
    assert "가게 소식" not in holder.open(f"/c/{shop.code}").words
    owner_phone.open("/owner/more")
    owner_phone.tap("가게 소식 알림, 제철 소식, 새 상품")
    owner_phone.tap("소식 쓰기")
    wrong = owner_phone.submit("저장하기", status=422, sort="season", text="달고 아삭해요")
    assert wrong.value("text") == "달고 아삭해요"
    page = owner_phone.submit("저장하기", title="햇사과가 왔어요")
    assert "아직 아무도 볼 수 없어요" in page.words
    address = page.path.removeprefix("/owner")
    assert holder.open(f"/c/{shop.code}{address}", status=404)
    page = owner_phone.submit("손님께 보이기")
    assert "문자는 보내지 않았어요" in page.words
    assert "가게 소식 새로 온 것 1" in holder.open(f"/c/{shop.code}").words
    holder.tap("가게 소식 새로 온 것 1")
    read = holder.tap("햇사과가 왔어요 제철 소식 · 11월 23일(월) 달고 아삭해요")
    assert "달고 아삭해요" in read.words
    assert "아직 본 손님이 없어요" in owner_phone.open(f"/owner{address}").words, "looking writes nothing"
    holder.open(read.path)
    token = holder.token()
    for _twice in range(2):
        holder.post(f"{read.path}/read", {"csrf_token": token})
    assert "1명이 봤어요" in owner_phone.open(f"/owner{address}").words
    assert "새로 온 것" not in holder.open(f"/c/{shop.code}").words
    public = phone.open(f"/s/{shop.code}{address}")
    assert public.h1 == "햇사과가 왔어요"
    assert "햇사과가 왔어요" in phone.open(f"/s/{shop.code}/shop").words
    owner_phone.open(f"/owner{address}")
    owner_phone.submit("소식 내리기")
    for reader, room in ((holder, "c"), (phone, "s")):
        reader.open(f"/{room}/{shop.code}{address}", status=404)
    assert db.session.scalar(db.select(db.func.count(Message.id))) == 0


def test_who_reads_a_plain_piece_of_news_is_not_told_that_it_is_one(
    app: Flask, shop: AShop, owner_phone: Phone, minho: ACustomer, phone: Phone
) -> None:
    made = shown(shop, sort="notice", is_first=True)
    holder = Phone(app).holding(minho)
    for reader, room in ((holder, "c"), (phone, "s")):
        for where in ("notices", f"notices/{made}"):
            words = reader.open(f"/{room}/{shop.code}/{where}").soup.find("main").get_text(" ")  # type: ignore[union-attr]
            assert "추석에 쉬어요" in words and "알림" not in words and "맨 위" not in words
    assert "맨 위 · 알림" in owner_phone.open("/owner/notices").words


def test_news_of_a_group_is_found_by_nobody_who_guesses(
    app: Flask, shop: AShop, owner_phone: Phone, minho: ACustomer, phone: Phone
) -> None:
    made = shown(shop, title="단골께만", group="regular")
    pictured(shop, made)
    holder = Phone(app).holding(minho)
    for room in ("", "/photo"):
        holder.open(f"/c/{shop.code}/notices/{made}{room}", status=404)
    for room in ("", "/photo", "/picture"):
        phone.open(f"/s/{shop.code}/notices/{made}{room}", status=404)
    holder.open(f"/c/{shop.code}")
    holder.post(f"/c/{shop.code}/notices/{made}/read", {"csrf_token": holder.token()}, status=404)
    for where in (f"/s/{shop.code}/shop", f"/s/{shop.code}/notices", f"/c/{shop.code}/notices"):
        assert "단골께만" not in holder.open(where).words
    assert "단골께만" in owner_phone.open("/owner/notices").words


def test_a_manager_reads_and_writes_nothing_of_a_group_that_is_the_owners_alone(
    app: Flask, shop: AShop
) -> None:
    made = shown(shop, title="불편하셨던 분께", group="complained")
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    assert "불편하셨던 분께" not in manager.open("/owner/notices").words
    manager.open(f"/owner/notices/{made}", status=404)
    manager.open("/owner/notices/new")
    form = {"title": "몰래", "sort": "notice", "people": "complained", "once": factories.once()}
    page = manager.post("/owner/notices/new", {**form, "csrf_token": manager.token()}, status=422)
    assert any("누구에게 보일지" in error for error in page.errors())
    manager.open("/owner/more/links", status=403)


def test_telling_it_leads_to_the_composer_with_its_words(shop: AShop, owner_phone: Phone) -> None:
    made = shown(shop)
    owner_phone.open(f"/owner/notices/{made}")
    page = owner_phone.submit("단체 문자로도 알리기")
    assert page.h1 == "무슨 말을 보낼까요?"
    assert "추석에 쉬어요" in page.words
    assert db.session.scalar(db.select(db.func.count(Message.id))) == 0


def test_a_picture_and_words_are_made_for_elsewhere(shop: AShop, owner_phone: Phone) -> None:
    with write() as session:
        session.add(ReviewSetting(shop_id=shop.id, hashtag="봄날커피", changed_at=factories.now()))
    made = shown(shop, title="아주 길고 긴 제목이라도 줄이 바뀌며 끝까지 들어가요")
    page = owner_phone.open(f"/owner/notices/{made}/caption")
    assert "#봄날커피" in page.words and f"https://dangol.test/s/{shop.code}/shop" in page.words
    for with_photo in (False, True):
        if with_photo:
            pictured(shop, made)
        answer = owner_phone.open(f"/owner/notices/{made}/picture").answer
        drawn = Image.open(io.BytesIO(answer.get_data()))
        assert (drawn.size, drawn.format) == ((1080, 1080), "JPEG" if with_photo else "PNG")
        assert not drawn.getexif()
        if with_photo:
            assert drawn.getpixel((540, 200))[0] > drawn.getpixel((540, 200))[2]  # the photo is on it
    wrong = owner_phone.open(f"/owner/notices/{made}/words")
    form = {name: str(wrong.value(name) or "") for name in ("title", "text")}
    page = owner_phone.post(
        f"/owner/notices/{made}/words",
        {
            **form,
            "sort": "notice",
            "csrf_token": owner_phone.token(),
            "photo": (io.BytesIO(b"GIF89a"), "x.gif"),
        },
        status=422,
    )
    assert any("사진" in error for error in page.errors())


def test_the_shops_page_says_who_it_is_to_people_chats_and_search_engines(
    app: Flask, shop: AShop, phone: Phone, minho: ACustomer, owner_phone: Phone
) -> None:
    row = factories.the_shop(shop)
    row.address, row.story = "서울 달빛로 12", "볶은 콩을 갈아요.\n천천히 오세요."
    db.session.commit()
    owner_phone.open("/owner/more/links")
    owner_phone.submit("저장하기", instagram="@bomnal_coffee")
    page = phone.open(f"/s/{shop.code}/shop")
    for told in ("봄날커피", "영업시간", "서울 달빛로 12", "볶은 콩을 갈아요.", "도장 열 개를 모으면"):
        assert told in page.words, told
    assert page.soup.find("a", href="https://www.instagram.com/bomnal_coffee") is not None
    assert len(gzip.compress(page.html.encode())) < 12_000
    assert by(page, "og:url") == f"https://dangol.test/s/{shop.code}/shop"
    assert "\n" not in by(page, "og:description")
    picture = phone.open(by(page, "og:image").removeprefix("https://dangol.test")).answer
    assert picture.headers["Cache-Control"] == "public, max-age=3600"
    assert Image.open(io.BytesIO(picture.get_data())).size == (1200, 630)
    facts = json.loads(str(page.soup.select_one("script[type='application/ld+json']").string))  # type: ignore[union-attr]
    assert (facts["@type"], facts["name"]) == ("LocalBusiness", "봄날커피")
    assert facts["sameAs"] == ["https://www.instagram.com/bomnal_coffee"]
    assert "aggregateRating" not in facts
    phone.tap("카드 받기")
    assert phone.page is not None and phone.page.path == f"/s/{shop.code}"
    phone.tap("가게 둘러보기 영업시간, 소식, 오시는 곳")
    holder = Phone(app).holding(minho)
    holder.open(f"/c/{shop.code}")
    assert "인스타그램 보기" in holder.page.words  # type: ignore[union-attr]
    assert "내 카드 보기" in holder.tap("가게 보기 영업시간, 후기, 오시는 곳").words


def test_what_somebody_opened_is_in_what_they_take_along(app: Flask, shop: AShop, minho: ACustomer) -> None:
    made = shown(shop)
    notice.note_read(shop_id=shop.id, customer_id=minho.id, notice_id=made, now=factories.now())
    holder = Phone(app).holding(minho)
    text = holder.open(f"/c/{shop.code}/me/text").html
    assert re.search(r"\[읽은 가게 소식\]\s+.*추석에 쉬어요", text)
    mine = json.loads(holder.open(f"/c/{shop.code}/me/download").html)
    assert mine["notices_read"][0]["title"] == "추석에 쉬어요"


@pytest.mark.parametrize("address", ["/owner/more/support", "/owner/notices", "/owner/more/links"])
def test_the_pages_of_this_room_are_whole(owner_phone: Phone, address: str) -> None:
    owner_phone.open(address)


def test_the_home_asks_to_tell_of_closed_days_until_news_was_shown(shop: AShop, owner_phone: Phone) -> None:
    owner_phone.open("/owner/more/days")
    owner_phone.submit("쉬는 날 적기", first="2026-11-26", last="2026-11-27", note="김장하러 가요")
    owner_phone.open("/owner")
    page = owner_phone.tap("11월 26일–27일 쉬어요 가게 소식으로 미리 알려 두세요")
    assert (page.value("title"), page.value("text")) == ("11월 26일–27일 쉬어요", "김장하러 가요\n")
    owner_phone.submit("저장하기")
    owner_phone.submit("손님께 보이기")
    assert "가게 소식으로 미리" not in owner_phone.open("/owner").words


def test_customers_read_what_is_theirs_to_know(
    app: Flask, shop: AShop, owner_phone: Phone, minho: ACustomer
) -> None:
    shown(shop, title="쉬는 날", is_first=True)
    shown(shop, title="햇사과", sort="season")
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    typed = {"instagram": "@bomnal", "openchat": "https://open.kakao.com/o/gBomnalCoffeeLong"}
    shop_links.save(**own, typed=typed)  # type: ignore[arg-type]
    holder = Phone(app).holding(minho)
    page = holder.open(f"/c/{shop.code}/notices")
    icons = [str(row.svg.path) for row in page.soup.select("main li a")]
    assert ("맨 위" in page.words, len(set(icons))) == (False, 2)
    assert "맨 위" in owner_phone.open("/owner/notices").words
    read = holder.open(f"/s/{shop.code}/shop").soup.select("main")[0].get_text()
    assert ("@bomnal" in read, "gBomnalCoffeeLong" in read) == (True, False)
    assert "손님 사진" in holder.open(f"/c/{shop.code}").words
