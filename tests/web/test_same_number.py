"""S06: a number that another card has looks, on one's own pages, exactly like a free one. The shop is told."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.customers.models import PhoneClaim
from app.extensions import db
from app.flows import privacy
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone

pytestmark = pytest.mark.databases("sqlite", "postgres")

FREE, TAKEN, OTHER = "010-9876-5432", "010-2345-6789", "010-5555-1234"
BOXES = {"age14": True, "required": True, "marketing": True, "ads": True}


def says(phone: Phone, shop: AShop, number: str) -> Phone:
    """Write a number on one's own card."""
    phone.open(f"/c/{shop.code}/details")
    phone.submit("저장하기", name="누군가", phone=number, ads_night=False, **BOXES)
    return phone


def everything_shown(phone: Phone, shop: AShop, holder: ACustomer) -> str:
    """Return all of one's own pages with what differs between any two people made the same."""
    html = ""
    for path in ("", "/details", "/me", "/me/delete", "/inbox"):
        html += phone.open(f"/c/{shop.code}{path}").html
    card = factories.a_card(holder.card_id)
    for own in (card.ref, card.spoken, FREE, TAKEN):
        html = html.replace(own, "~")
    html = re.sub(r'name="csrf_token" value="[^"]+"', "", html)
    html = re.sub(r'name="once" value="[^"]+"', "", html)
    return re.sub(r"v=[0-9a-z-]+", "", html)


def test_nobody_can_tell_a_taken_number_from_a_free_one(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    pages = []
    for number in (FREE, TAKEN):
        holder, _reward = factories.a_reward(shop)
        phone = says(Phone(app).holding(holder), shop, number)
        assert phone.open(f"/c/{shop.code}/details").value("phone") == number
        pages.append(everything_shown(phone, shop, holder))
    assert pages[0] == pages[1]
    assert "이름과 번호 남기기" not in pages[1]


@pytest.mark.parametrize("typed", [[FREE, TAKEN], [TAKEN, FREE], [FREE, TAKEN, FREE], [TAKEN, OTHER, TAKEN]])
def test_the_last_word_is_shown(
    app: Flask, shop: AShop, jiwoo: ACustomer, minho: ACustomer, typed: list[str]
) -> None:
    factories.a_customer(shop, phone=OTHER)
    phone = Phone(app).holding(minho)
    for number in typed:
        says(phone, shop, number)
        assert phone.open(f"/c/{shop.code}/details").value("phone") == number
        assert number in phone.open(f"/c/{shop.code}/me").words


def test_the_shop_sees_the_double_number_and_whose_it_is(
    app: Flask, shop: AShop, owner_phone: Phone, jiwoo: ACustomer, minho: ACustomer
) -> None:
    says(Phone(app).holding(minho), shop, TAKEN)
    page = owner_phone.open(f"/owner/people/{minho.id}")
    assert "다른 카드와 같은 번호를 적으셨어요" in page.words
    assert "한지우 님 카드" in page.words
    assert "전화 번호 적기 알려 주지 않았어요" in page.words
    assert owner_phone.tap("두 카드 나란히 보기").path == f"/owner/people/{minho.id}/twin/{jiwoo.id}"
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    assert "그 카드에는 이제 이 번호가 없으니" in owner_phone.open(f"/owner/people/{minho.id}").words
    says(Phone(app).holding(minho), shop, TAKEN)
    assert "다른 카드" not in owner_phone.open(f"/owner/people/{minho.id}").words
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count(PhoneClaim.id))) == 0
