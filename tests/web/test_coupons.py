"""Coupons on the pages: of who holds one, of the counter, of the owner."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from app.coupons import rules
from app.extensions import db
from app.flows import coupon_days, coupon_gifts, privacy
from app.kit.clock import KST
from app.messages.models import Message
from tests import coupons, factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock


@pytest.fixture
def holder_phone(app: Flask, jiwoo: ACustomer) -> Phone:
    """지우's phone, which holds the card."""
    return Phone(app).holding(jiwoo)


def test_the_join_button_says_what_a_number_brings(app: Flask, shop: AShop) -> None:
    phone = Phone(app)
    assert "번호 없이" not in phone.open(f"/s/{shop.code}").words
    coupons.a_kind(shop, "sign_up", total="1")
    page = phone.open(f"/s/{shop.code}")
    assert "카드 만들고 첫 방문에 아메리카노 한 잔 받기" in page.words
    assert "번호 없이 카드만 받기" in page.words
    form = phone.open(f"/s/{shop.code}/details")
    assert "한 번호에 한 번만 드려서 번호가 필요해요" in form.words
    factories.a_stamp(shop, factories.a_customer(shop, name="하나", phone="010-1111-2222").card_id)
    assert "받기" not in phone.open(f"/s/{shop.code}").words.replace("카드 받기", ""), (
        "none is left to promise"
    )


def test_a_card_says_the_same_of_a_known_and_of_a_new_number(app: Flask, shop: AShop) -> None:
    coupons.a_kind(shop, "sign_up")
    first = factories.a_customer(shop, name="하나", phone="010-1111-2222")
    known = factories.a_customer(shop, name="둘", phone="010-1111-2222")
    new = factories.a_customer(shop, name="셋", phone="010-1111-3333")
    told = "첫 방문에 아메리카노 한 잔을 드려요. 한 번호에 한 번이에요."
    pages = [Phone(app).holding(who).open(f"/c/{shop.code}").words for who in (first, known, new)]
    assert [told in page for page in pages] == [True] * 3
    said = [re.sub("하나|둘|셋|[0-9A-Z]{4}", "…", page[page.index("번호를 불러") :]) for page in pages]
    assert said[1] == said[2]
    factories.a_stamp(shop, new.card_id)
    for who in (factories.a_customer(shop), new):
        assert told not in Phone(app).holding(who).open(f"/c/{shop.code}").words


def test_what_one_holds_and_the_nearest_end_first(
    shop: AShop, jiwoo: ACustomer, holder_phone: Phone, clock: Clock
) -> None:
    coupons.a_kind(shop, "nth_visit", rule_value="3")
    used = coupons.a_coupon(shop, jiwoo, name="쿠키 한 개")
    coupons.use(shop, used)
    coupons.a_coupon(shop, jiwoo, name="케이크", valid_days="60")
    near = coupons.a_coupon(shop, jiwoo, name="라떼", valid_days="7", least_amount="10000")
    coupons.a_coupon(shop, jiwoo, name="지난 것", valid_days="1")
    clock.advance(days=2)
    card = holder_phone.open(f"/c/{shop.code}")
    assert card.words.index("라떼") < card.words.index("케이크")
    page = holder_phone.open(f"/c/{shop.code}/coupons")
    for told in (
        "무상 제공 · 현금으로 바꿀 수 없어요 · 11월 30일(월) 밤 11:59까지",
        "10,000원부터 쓸 수 있어요",
        "세 번째 오시면 아메리카노 한 잔",
        "쿠키 한 개 11월 23일(월) 오후 2:49에 썼어요",
        "지난 것 기한이 지났어요",
    ):
        assert told in page.words
    ref = next(each.ref for each in coupons.held_by(jiwoo) if each.id == near)
    one = holder_phone.open(f"/c/{shop.code}/coupons/{ref}")
    assert one.h1 == "라떼"
    picture = holder_phone.open(f"/c/{shop.code}/coupons/{ref}/qr.svg")
    assert picture.answer.mimetype == "image/svg+xml"
    gone = next(each.ref for each in coupons.held_by(jiwoo) if each.id == used)
    assert "쓴 쿠폰이에요" in holder_phone.open(f"/c/{shop.code}/coupons/{gone}").words
    assert holder_phone.open(f"/c/{shop.code}/coupons/{gone}/qr.svg", status=404).status == 404
    told = holder_phone.open(f"/c/{shop.code}/me/text").html
    assert "쿠키 한 개" in told and "기한이 지났어요" in told


def test_nobody_opens_another_ones_coupon(
    app: Flask, shop: AShop, other_shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    coupons.a_coupon(shop, jiwoo)
    (mine,) = coupons.held_by(jiwoo)
    for other in (minho, factories.a_customer(other_shop)):
        code = shop.code if other.shop_id == shop.id else other_shop.code
        for way in ("", "/qr.svg"):
            Phone(app).holding(other).open(f"/c/{code}/coupons/{mine.ref}{way}", status=404)


def test_a_shop_without_coupons_shows_and_asks_nothing(
    app: Flask, shop: AShop, jiwoo: ACustomer, holder_phone: Phone
) -> None:
    asked: list[str] = []

    def note(*args: Any) -> None:
        asked.append(args[2])

    db.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert "쿠폰" not in holder_phone.open(f"/c/{shop.code}").words
        factories.a_stamp(shop, jiwoo.card_id)
    finally:
        db.event.remove(db.engine, "before_cursor_execute", note)
    assert [sql for sql in asked if "coupon" in sql and "day_counts" not in sql] == []


# --- the counter ------------------------------------------------------------------------------------


def scan(phone: Phone, code: str, *, status: int = 200) -> str:
    """Send a code as the camera does; returns what the panel says."""
    phone.open("/owner/stamps")
    form = {"code": code, "how": "scan", "once": factories.once(), "csrf_token": phone.token()}
    return phone.post("/owner/stamps", form, htmx=True, status=status).words


def test_a_scanned_coupon_is_ready_and_used_once(shop: AShop, jiwoo: ACustomer, owner_phone: Phone) -> None:
    coupon_id = coupons.a_coupon(shop, jiwoo)
    said = scan(owner_phone, coupons.code_of(jiwoo, coupon_id))
    assert "손님 쿠폰이에요" in said and "쓰기 전에 누구 카드인지" not in said
    owner_phone.open(f"/owner/panel/{jiwoo.card_id}?coupon={coupon_id}")
    form = {"csrf_token": owner_phone.token(), "once": factories.once()}
    used = owner_phone.post(f"/owner/given-coupons/{coupon_id}/use", form, htmx=True)
    assert "아메리카노 한 잔을 썼어요" in used.words
    again = owner_phone.post(
        f"/owner/given-coupons/{coupon_id}/use", form | {"once": factories.once()}, htmx=True, status=422
    )
    assert "아메리카노 한 잔 썼어요" in again.words, "it stands among today's"
    assert coupons.living(jiwoo) == []
    (use_id,) = [
        int(each["action"].split("/")[-2]) for each in again.soup.select("form[action*=coupon-uses]")
    ]
    back = owner_phone.post(
        f"/owner/coupon-uses/{use_id}/reversal", {"csrf_token": form["csrf_token"]}, htmx=True
    )
    assert "쿠폰 사용을 취소했어요" in back.words
    assert coupons.living(jiwoo) == [coupon_id]


def test_the_amount_is_asked_and_kept(shop: AShop, jiwoo: ACustomer, owner_phone: Phone) -> None:
    coupon_id = coupons.a_coupon(shop, jiwoo, gives="percent", value="10", name="", least_amount="10000")
    factories.show_card(jiwoo.card_id, shop=shop)
    owner_phone.open(f"/owner/panel/{jiwoo.card_id}")
    token = owner_phone.token()
    where = f"/owner/given-coupons/{coupon_id}/use"

    def send(amount: str, expect: int) -> str:
        form = {"csrf_token": token, "once": factories.once(), "amount": amount}
        page = owner_phone.post(where, form, htmx=True, status=expect)
        if expect == 422 and amount:
            assert page.value("amount") == amount
        return page.words

    assert "얼마어치 사셨는지 적어 주세요." in send("", 422)
    assert "금액을 숫자로 적어 주세요" in send("만원쯤", 422)
    assert "10,000원부터 쓸 수 있어요. 지금은 9,000원이에요." in send("9,000", 422)
    assert "10% 할인을 썼어요. 1,234원을 빼 주세요" in send("12,345원", 200)


def test_codes_that_are_none_of_ours_are_told(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, owner_phone: Phone
) -> None:
    neighbour = factories.a_customer(other_shop)
    theirs = coupons.code_of(neighbour, coupons.a_coupon(other_shop, neighbour))
    assert "우리 가게 쿠폰이 아니에요" in scan(owner_phone, theirs, status=422)
    assert "QR이 아니에요" in scan(owner_phone, "C1.nonsense", status=422)


# --- the owner --------------------------------------------------------------------------------------


def test_a_kind_in_a_few_taps(shop: AShop, owner_phone: Phone) -> None:
    assert "아직 만든 쿠폰이 없어요" in owner_phone.open("/owner/coupons").words
    owner_phone.open("/owner/coupons/new")
    owner_phone.open("/owner/coupons/new?start=nth_visit")
    wrong = owner_phone.submit("쿠폰 만들기", name="", rule_value="4", status=422)
    assert wrong.errors() and wrong.value("rule_value") == "4"
    made = owner_phone.submit("쿠폰 만들기", name="아메리카노 한 잔", rule_value="3")
    assert "세 번째 오신 분께 아메리카노 한 잔, 30일 동안" in made.words
    assert "무상 제공 · 현금으로 바꿀 수 없어요" in made.words
    listed = owner_phone.open("/owner/coupons")
    assert "드린 0장 · 쓴 0장 · 남은 0장" in listed.words


def test_letters_about_gifts_wait_for_consent(shop: AShop, minho: ACustomer, jiwoo: ACustomer) -> None:
    """A gift is an ad: who did not agree reads of it nowhere, and holds it all the same."""
    kind_id = coupons.a_kind(shop)
    for holder in (minho, jiwoo):
        assert coupons.give(shop, holder, kind_id)
    db.session.rollback()
    rows = db.session.execute(
        db.select(Message.customer_id, Message.state, Message.code).where(Message.kind == "coupon_gift")
    ).all()
    assert {(row.customer_id, row.code) for row in rows if row.state == "suppressed"} == {
        (minho.id, "no_marketing")
    }
    assert coupons.living(minho)


MISSED = "첫 방문에 드리는 아메리카노 한 잔은 한 번호에 한 번이에요. 전에 카드를 만드셨다면 그 카드를 찾아 드릴게요."


def test_who_comes_with_a_number_of_before_reads_why_there_is_no_gift(
    app: Flask, shop: AShop, clock: Clock
) -> None:
    coupons.a_kind(shop, "sign_up")
    first = factories.a_customer(shop, name="하나", phone="010-1111-2222")
    factories.a_stamp(shop, first.card_id)
    gone = factories.a_customer(shop, name="둘", phone="010-1111-3333")
    factories.a_stamp(shop, gone.card_id)
    privacy.erase(shop_id=shop.id, customer_id=gone.id, now=factories.now())
    clock.advance(days=1)
    again = [
        factories.a_customer(shop, name="하나", phone="010-1111-2222"),
        factories.a_customer(shop, name="둘", phone="010-1111-3333"),
    ]
    new = factories.a_customer(shop, name="셋", phone="010-1111-4444")
    phones = [Phone(app).holding(who) for who in (*again, new)]
    for who, phone in zip((*again, new), phones, strict=True):
        assert MISSED not in phone.open(f"/c/{shop.code}").words, "before a visit all numbers read alike"
        factories.a_stamp(shop, who.card_id)
    told = [MISSED in phone.open(f"/c/{shop.code}").words for phone in phones]
    assert told == [True, True, False]
    assert phones[0].tap("전에 쓰던 카드 찾기").path == f"/s/{shop.code}/restore"
    for day in (1, 2):
        clock.advance(days=1)
        factories.a_stamp(shop, again[0].card_id)
        assert (MISSED in phones[0].open(f"/c/{shop.code}").words) is (day == 1)
    assert MISSED not in Phone(app).holding(first).open(f"/c/{shop.code}").words


def test_a_number_typed_at_home_is_told_nothing(app: Flask, shop: AShop, clock: Clock) -> None:
    """S06: after a visit without a number, known and unknown ones read alike until somebody stamps again."""
    coupons.a_kind(shop, "sign_up")
    known = factories.a_customer(shop, name="하나", phone="010-1111-2222")
    gone = factories.a_customer(shop, name="둘", phone="010-1111-3333")
    for each in (known, gone):
        factories.a_stamp(shop, each.card_id)
    privacy.erase(shop_id=shop.id, customer_id=gone.id, now=factories.now())
    holder = factories.a_customer(shop)
    clock.advance(days=1)
    factories.a_stamp(shop, holder.card_id)
    clock.advance(minutes=1)
    for number in ("010-1111-2222", "010-1111-3333", "010-1111-4444"):
        factories.a_customer(shop, name="누군가", phone=number, browser=holder.browser)
        assert MISSED not in Phone(app).holding(holder).open(f"/c/{shop.code}").words, number


def test_a_gift_to_many_says_when_it_begins_and_that_it_was_stopped(
    shop: AShop, owner_phone: Phone, jiwoo: ACustomer, clock: Clock
) -> None:
    kind_id = coupons.a_kind(shop)
    begins = (clock() + rules.GROUP_WAITS).astimezone(KST)
    owner_phone.open(f"/owner/coupons/{kind_id}/gifts")
    owner_phone.submit("몇 명인지 보기")
    page = owner_phone.submit("1명께 드리기")
    assert f"1명께 오후 {begins:%-I:%M}부터 드려요" in page.words
    page = owner_phone.submit("멈추기")
    assert "멈췄어요. 더 드리지 않아요" in page.words
    assert "1명께 드리기 전에 멈췄어요" in page.words
    coupon_gifts.give_to_group(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        kind_id=kind_id,
        group="all",
        counted=1,
        once=factories.once(),
        now=clock(),
    )
    clock.advance(minutes=5)
    assert "1명께 드리는 중이에요" in owner_phone.open(f"/owner/coupons/{kind_id}").words
    coupon_days.go_on_giving(now=clock())
    assert "한 분께 드렸어요" in owner_phone.open(f"/owner/coupons/{kind_id}").words
