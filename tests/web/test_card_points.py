"""Points, stages, ends and refunds on the pages of both sides."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.cards.models import LedgerEntry
from app.extensions import db
from app.flows import amount, undo
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock


@pytest.fixture
def shop(app: Flask) -> AShop:
    """A shop that gives points, a stage on the way, and half a year."""
    return factories.a_shop(
        stages=[[2, "사이즈업"]], point_permille=10, point_least=50, expiry="months", expiry_months=6,
        **factories.no_limits(),
    )  # fmt: skip


@pytest.fixture
def holder(shop: AShop) -> ACustomer:
    """A person with two stamps and 100 points."""
    holder = factories.a_customer(shop, name="한지우", phone="010-2345-6789")
    for _ in range(2):
        factories.a_stamp(shop, holder.card_id, amount=5_000, how="more")
    return holder


def test_the_card_says_what_lies_on_the_way_and_what_ends(app: Flask, shop: AShop, holder: ACustomer) -> None:
    phone = Phone(app).holding(holder)
    page = phone.open(f"/c/{shop.code}")
    assert "사이즈업, 지금 쓸 수 있어요" in page.h1
    assert "포인트 100점" in page.words
    assert "도장 2개와 포인트 100점은 2027년 5월 23일(일)까지예요" in page.words
    lines = phone.open(f"/c/{shop.code}/visits").words
    assert "남은 것: 도장 2개 · 포인트 100점 · 이때 받은 것은 2027년 5월 23일(일)까지" in lines
    assert "왜 이 숫자인가요? 받은 것 도장 +2개 · 포인트 +100점 지금 도장 2개 · 포인트 100점" in lines


def test_points_are_spent_from_the_panel(owner_phone: Phone, shop: AShop, holder: ACustomer) -> None:
    assert "포인트 쓰기" not in owner_phone.open(f"/owner/panel/{holder.card_id}").words, "nobody looked yet"
    factories.show_card(holder.card_id, shop=shop)
    owner_phone.open(f"/owner/panel/{holder.card_id}")
    page = owner_phone.submit("포인트 쓰기", status=422, points="120")
    assert "지금 쓸 수 있는 포인트는 100점이에요" in page.words
    assert page.value("points") == "120"
    page = owner_phone.submit("포인트 쓰기", status=422, points="천 원")
    assert page.value("points") == "천 원"
    page = owner_phone.submit("포인트 쓰기", points="60점")
    assert "포인트 60점을 썼어요" in page.words
    assert "50점부터 쓸 수 있어요" in page.words
    owner_phone.open("/owner/stamps/today")
    assert "사용을 취소했어요. 포인트가 카드에 다시 있어요" in owner_phone.submit("사용 취소").words


def test_a_refund_says_what_it_does_before_it_does_it(owner_phone: Phone, holder: ACustomer) -> None:
    db.session.rollback()
    visit = db.session.scalar(db.select(db.func.max(LedgerEntry.visit_id)))
    page = owner_phone.open(f"/owner/visits/{visit}/refund")
    assert "이 방문에서 받은 도장 −2개" in page.words
    page = owner_phone.submit("환불한 것으로 되돌리기")
    assert page.path == f"/owner/people/{holder.id}"
    assert "환불로 되돌림" in page.words
    assert factories.a_card(holder.card_id).balance == 0
    assert "이미 환불했거나 취소한 방문이에요" in owner_phone.open(f"/owner/visits/{visit}/refund").words


def test_a_turned_correction_is_no_gift(owner_phone: Phone, shop: AShop) -> None:
    """Points that an amount put right had taken away come back with the stamp: nothing was handed to anybody."""
    holder, by_owner = (
        factories.a_customer(shop, name="한지우"),
        {"shop_id": shop.id, "staff_id": shop.owner_id},
    )
    stamp = factories.a_stamp(shop, holder.card_id, amount=15_000)
    for typed in ("10000", "20000"):
        amount.put(**by_owner, entry_id=stamp.entry_id, typed=typed, now=factories.now())
    undo.undo_stamp(**by_owner, entry_id=stamp.entry_id, now=factories.now())
    page = owner_phone.open(f"/owner/people/{holder.id}")
    assert "줄였던 포인트 50점을 되돌렸어요" in page.words
    assert "돌려드렸어요" not in page.words
    assert factories.a_card(holder.card_id).points == 0


def test_a_shop_with_stamps_alone_says_nothing_of_points(app: Flask) -> None:
    plain = factories.a_shop("소박한집")
    holder = factories.a_customer(plain)
    factories.a_stamp(plain, holder.card_id)
    for words in (
        Phone(app).holding(holder).open(f"/c/{plain.code}").words,
        Phone(app).signed_in(plain, plain.owner_id).open(f"/owner/panel/{holder.card_id}").words,
    ):
        assert "포인트" not in words


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"stage_at_1": "10", "stage_name_1": "쿠키"}, "1개부터 9개 사이로"),
        ({"point_percent": "60"}, "금액의 50%까지"),
        ({"expiry": "months"}, "1개월부터 60개월까지"),
    ],
)
def test_a_rule_that_cant_be_kept_stays_typed(app: Flask, typed: dict[str, str], sentence: str) -> None:
    plain = factories.a_shop("소박한집")
    phone = Phone(app).signed_in(plain, plain.owner_id)
    phone.open("/owner/more/card")
    page: Any = phone.submit("저장하기", status=422, **typed)
    assert any(sentence in error for error in page.errors())
    for name, value in typed.items():
        assert page.value(name) == value


def test_points_nobody_may_spend_yet_say_so_at_the_field(
    owner_phone: Phone, shop: AShop, holder: ACustomer, clock: Clock
) -> None:
    """The two minutes ran out while somebody typed: what they typed stays, and the reason stands beneath it."""
    factories.show_card(holder.card_id, shop=shop)
    owner_phone.open(f"/owner/panel/{holder.card_id}")
    clock.advance(minutes=3)
    page = owner_phone.submit("포인트 쓰기", points="60", status=422)
    field = page.soup.find("input", id="points")
    assert field is not None and field["value"] == "60"
    told = page.soup.find(id="points-error")
    assert told is not None and "쓰기 전에 손님 카드를 찍어 주세요." in told.get_text()
    assert "points-error" in str(field["aria-describedby"])
    factories.show_card(holder.card_id, shop=shop)
    assert "포인트 60점을 썼어요" in owner_phone.submit("포인트 쓰기", points="60").words
