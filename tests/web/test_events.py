"""An event from the owner's form to the prize, and its result as anybody may check it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import Flask

from app.kit.clock import kst_day
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.test_event import an_event
from tests.phone import Phone
from tests.world import Clock


def test_from_the_form_to_the_prize(
    app: Flask, phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    assert "/owner/events" in owner_phone.open("/owner/more").html
    owner_phone.open("/owner/events")
    owner_phone.tap("이벤트 만들기")
    wrong = owner_phone.submit("저장하고 미리 보기", title="여름 사진전", winners="0", status=422)
    assert (wrong.value("title"), len(wrong.soup.select(".field .error"))) == ("여름 사진전", 3)
    last = (kst_day(clock()) + timedelta(days=3)).isoformat()
    draft = owner_phone.submit(
        "저장하고 미리 보기", winners="1", prize="수제청 한 병", last_day=last, visits="1"
    )
    assert draft.h1 == "여름 사진전"
    number = draft.path.rsplit("/", 1)[1]
    seed_hash = draft.soup.select("#seed-hash")[0].text
    phone.holding(jiwoo).open(f"/c/{shop.code}/events/{number}", status=404)
    assert "이벤트" not in phone.open(f"/c/{shop.code}").words
    owner_phone.submit("이벤트 열기")
    assert owner_phone.open(f"/owner/events/{number}/form").path == f"/owner/events/{number}"

    phone.open(f"/c/{shop.code}")
    phone.tap("이벤트")
    asked = phone.open(f"/c/{shop.code}/events/{number}")
    assert ("1번 더 오시면 돼요" in asked.words, seed_hash in asked.html) == (True, True)
    factories.a_stamp(shop, jiwoo.card_id)
    phone.open(f"/c/{shop.code}/events/{number}")
    mine = phone.submit("참여하기", named=True)
    ticket = mine.soup.select_one(".code")
    assert ticket is not None
    stranger = Phone(app).open(f"/s/{shop.code}/events/{number}")
    assert (ticket.text in stranger.words, "참여한 분 1명" in stranger.words) == (False, True)
    stranger_file = Phone(app)
    stranger_file.open(f"/s/{shop.code}/events/{number}/draw.txt", status=404)

    clock.advance(days=4)
    owner_phone = Phone(app).signed_in(shop, shop.owner_id)
    owner_phone.open("/owner")
    owner_phone.open(f"/owner/events/{number}")
    assert "한지우 님" in owner_phone.submit("지금 뽑기").words
    assert "추첨할 이벤트" not in owner_phone.open("/owner").words
    inbox = phone.open(f"/c/{shop.code}/inbox")
    assert "수제청 한 병" in inbox.words
    assert "축하해요" in phone.tap("결과 보기").words
    result = Phone(app).open(f"/s/{shop.code}/events/{number}")
    assert ("한*우 님" in result.words, ticket.text in result.words) == (True, True)
    seed = result.soup.select("#seed")[0].text
    assert hashlib.sha256(seed.encode()).hexdigest() == seed_hash
    file = Phone(app).open(f"/s/{shop.code}/events/{number}/draw.txt")
    assert f"seed: {seed}\n" in file.html
    assert "지우" not in file.html
    owner_phone.open(f"/owner/events/{number}")
    assert "에 드렸어요" in owner_phone.submit("드렸어요").words
    assert "잘 받으셨지요" in phone.open(f"/c/{shop.code}/events/{number}").words


def test_a_number_is_asked_for_where_it_can_be_left_and_a_taken_one_enters_too(
    app: Flask, shop: AShop, jiwoo: ACustomer
) -> None:
    number = an_event(shop, age14=True)
    other = factories.a_customer(shop)
    page = Phone(app).holding(other).open(f"/c/{shop.code}/events/{number}")
    assert page.soup.select(f'main .note a[href="/c/{shop.code}/details"]')
    # Somebody else has this number: the event may not tell so, nor ask again for what was left (S06).
    twin = factories.a_customer(shop, name="한지우", phone="010-2345-6789")
    twins = Phone(app).holding(twin)
    twins.open(f"/c/{shop.code}/events/{number}")
    assert "내 추첨 번호" in twins.submit("참여하기").words


def test_an_event_of_another_shop_is_not_there(
    app: Flask, owner_phone: Phone, shop: AShop, other_shop: AShop, clock: Clock
) -> None:
    last = kst_day(clock()).isoformat()
    owner_phone.open("/owner/events/new")
    draft = owner_phone.submit(
        "저장하고 미리 보기", title="열 돌 잔치", winners="1", prize="커피", last_day=last
    )
    owner_phone.submit("이벤트 열기")
    number = draft.path.rsplit("/", 1)[1]
    stranger = Phone(app).signed_in(other_shop, other_shop.owner_id)
    stranger.open(f"/owner/events/{number}", status=404)
    stranger.open(f"/s/{other_shop.code}/events/{number}", status=404)
    assert "열 돌 잔치" not in stranger.open("/owner/events").html
    owner_phone.open(f"/owner/events/{number}")
    assert "그만두었어요" in owner_phone.submit("그만두기").words
    assert "그만두었어요" in Phone(app).open(f"/s/{shop.code}/events/{number}").words
