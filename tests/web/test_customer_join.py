"""Joining by the shop's QR, with and without a name and a number."""

from __future__ import annotations

import pytest
from flask import Flask

from app.customers.models import Consent, Customer
from app.customers.texts import CONSENTS
from app.extensions import db
from app.flows import automation
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock


def test_one_tap_gives_a_card_and_the_second_visit_finds_it(phone: Phone, shop: AShop) -> None:
    page = phone.open(f"/s/{shop.code}")
    assert "봄날커피" in page.h1
    assert "도장 열 개를 모으면 아메리카노 한 잔" in page.words
    card = phone.tap("카드 받기")
    assert card.path == f"/c/{shop.code}"
    assert card.h1 == "첫 도장을 받아 보세요"
    assert phone.open(f"/s/{shop.code}").path == f"/c/{shop.code}"
    assert phone.open("/").path == f"/c/{shop.code}"


def test_looking_at_the_join_page_makes_nobody(phone: Phone, shop: AShop) -> None:
    phone.open(f"/s/{shop.code}")
    assert db.session.scalar(db.select(db.func.count()).select_from(Customer)) == 0


def test_pressing_twice_makes_one_card(phone: Phone, shop: AShop) -> None:
    phone.open(f"/s/{shop.code}")
    form = {"csrf_token": phone.token()}
    phone.post(f"/s/{shop.code}", form)
    phone.post(f"/s/{shop.code}", form)
    assert db.session.scalar(db.select(db.func.count()).select_from(Customer)) == 1


def test_a_name_and_a_number_with_only_the_required_boxes(phone: Phone, shop: AShop) -> None:
    phone.open(f"/s/{shop.code}/details")
    card = phone.submit("카드 받기", phone="０１０ 2222 3333", name=" 콩이  엄마 ", age14=True, required=True)
    assert card.path == f"/c/{shop.code}"
    mine = phone.open(f"/c/{shop.code}/me")
    assert "콩이 엄마" in mine.words
    assert "010-2222-3333" in mine.words
    rows = db.session.execute(db.select(Consent.kind, Consent.action)).all()
    assert {kind for kind, action in rows if action == "grant"} == {"age14", "required"}


def test_the_five_boxes_are_separate_and_empty_and_say_their_rows(phone: Phone, shop: AShop) -> None:
    page = phone.open(f"/s/{shop.code}/details")
    boxes = page.soup.select("input[type=checkbox]")
    assert [box["name"] for box in boxes] == [text.kind for text in CONSENTS]
    assert not any(box.has_attr("checked") for box in boxes)
    for text in CONSENTS:
        for label, words in text.rows:
            assert label in page.words
            assert words in page.words
    assert page.words.count("동의하지 않아도 적립돼요") == 3
    loud = page.soup.select_one(".loud")
    assert loud is not None
    assert "홍보를 위한 연락" in loud.get_text()


@pytest.mark.parametrize(
    ("typed", "ticked", "sentence"),
    [
        ("02-123-4567", True, "휴대폰 번호를 다시 확인해 주세요"),
        ("010-123-4567", True, "휴대폰 번호를 다시 확인해 주세요"),
        ("0505-123-4567", True, "휴대폰 번호를 다시 확인해 주세요"),
        ("010-2222-3333", False, "만 14세 이상만"),
    ],
)
def test_a_wrong_form_comes_back_filled(
    phone: Phone, shop: AShop, typed: str, ticked: bool, sentence: str
) -> None:
    phone.open(f"/s/{shop.code}/details")
    page = phone.submit(
        "카드 받기", phone=typed, name="김민지", age14=ticked, required=True, marketing=True, status=422
    )
    assert any(sentence in error for error in page.errors())
    assert page.value("phone") == typed
    assert page.value("name") == "김민지"
    assert page.value("marketing") == "y"
    assert page.soup.select_one("[aria-invalid=true]") is not None
    assert db.session.scalar(db.select(db.func.count()).select_from(Customer)) == 0


def test_a_number_that_somebody_has_is_answered_like_any_other(
    app: Flask, shop: AShop, jiwoo: ACustomer
) -> None:
    answers = []
    for number in ("010-2345-6789", "010-9999-1111"):  # 지우's, and nobody's
        phone = Phone(app)
        phone.open(f"/s/{shop.code}/details")
        page = phone.submit("카드 받기", phone=number, name="", age14=True, required=True)
        answers.append((page.status, page.path, page.h1))
    assert answers[0] == answers[1]


def test_an_unknown_shop_says_what_to_do(phone: Phone) -> None:
    page = phone.open("/s/NOSUCH", status=404)
    assert "가게의 QR을 다시 찍어 주세요" in page.words


def test_the_privacy_page_names_every_heading_of_the_law(phone: Phone, shop: AShop) -> None:
    page = phone.open(f"/s/{shop.code}/privacy")
    for heading in (
        "처리 목적",
        "처리하는 항목",
        "보관 기간",
        "파기 절차와 방법",
        "제3자 제공",
        "처리 위탁",
        "국외 이전",
        "권리와 행사 방법",
        "자동으로 모으는 것과 거부 방법",
        "안전하게 지키는 방법",
        "만 14세 미만",
        "개인정보 보호책임자",
    ):
        assert heading in page.words
    assert "김사장" in page.words


def test_a_form_left_empty_gives_a_card_without_a_name(phone: Phone, shop: AShop) -> None:
    phone.open(f"/s/{shop.code}/details")
    assert phone.submit("카드 받기", phone="", name="").path == f"/c/{shop.code}"
    assert db.session.scalar(db.select(db.func.count()).select_from(Consent)) == 0


def test_the_privacy_page_names_the_class_of_ads_only(phone: Phone, shop: AShop) -> None:
    words = phone.open(f"/s/{shop.code}/privacy").words
    assert "도장 안내" in words
    assert "(안내)" not in words


def test_the_privacy_page_follows_what_is_switched_on(phone: Phone, shop: AShop, clock: Clock) -> None:
    assert "감사 인사(광고)" in phone.open(f"/s/{shop.code}/privacy").words
    automation.switch(shop_id=shop.id, kind="thank_you", is_on=False, now=clock())
    assert "감사 인사(광고)" not in phone.open(f"/s/{shop.code}/privacy").words


def test_the_front_door_lists_the_cards_of_this_browser_only(
    app: Flask, shop: AShop, other_shop: AShop
) -> None:
    both = factories.a_customer(shop)
    factories.a_customer(other_shop, browser=both.browser)
    factories.a_customer(other_shop)
    page = Phone(app).holding(both).open("/")
    assert page.h1 == "내 카드"
    assert len(page.soup.select("main .wallet li")) == 2
    assert Phone(app).open("/").h1 == "잃어버리지 않는 도장 카드"
