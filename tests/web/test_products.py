"""상품 설정 on screen, and words to take instead in the editor."""

from __future__ import annotations

from typing import Any

import pytest

from app.flows.unit import write
from app.visits import goods
from app.visits.models import Product
from tests import factories, pages
from tests.factories import AShop
from tests.phone import Phone


def a_product(shop: AShop, name: str = "원두 200g") -> int:
    with write() as session:
        made = Product(shop_id=shop.id, name=name, price=9000)
        session.add(made)
        session.flush()
        return int(made.id)


@pytest.mark.databases("sqlite")
def test_a_product_is_told_about(shop: AShop, other_shop: AShop, owner_phone: Phone) -> None:
    assert "상품 설정" not in owner_phone.open("/owner/more").words, "nothing to set"
    product_id, foreign = a_product(shop), a_product(other_shop, "남의 것")
    assert "상품 설정" in owner_phone.open("/owner/more").words
    page = owner_phone.open("/owner/more/products").words
    assert "원두 200g" in page and "아직 적은 것이 없어요" in page and "남의 것" not in page
    owner_phone.open(f"/owner/more/products/{product_id}")
    wrong = owner_phone.submit("저장하기", review_days="백", rebuy_days="30", is_pick=True, status=422)
    assert "1일부터 45일까지 숫자로 적어 주세요" in wrong.words
    assert (wrong.value("review_days"), wrong.value("rebuy_days")) == ("백", "30")
    saved = owner_phone.submit("저장하기", review_days="", rebuy_days="30일")
    assert "30일 뒤에 다시 사세요" in saved.words and "추천" in saved.words
    line: Any = goods.product(shop.id, product_id)
    assert (line.review_days, line.rebuy_days, line.is_pick) == (None, 30, True)
    owner_phone.open(f"/owner/more/products/{foreign}", status=404)
    assert "상품 하나의 설정을 바꿨어요" in owner_phone.open("/owner/more/changes").words


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("htmx", [False, True])
def test_the_owner_takes_other_words(shop: AShop, owner_phone: Phone, htmx: bool) -> None:
    factories.a_customer(shop, name="한지우", phone=factories.a_number(), agrees="all")
    owner_phone.open("/owner/messages/dormant")
    taken = owner_phone.submit("불편을 여쭤보는 글로 바꾸기", htmx=htmx)
    assert taken.words.count("혹시 불편한 점이 있었나요?") == 2, "in the form and in the preview"


@pytest.mark.databases("sqlite")
def test_the_list_is_by_what_a_word_follows_from(shop: AShop, owner_phone: Phone) -> None:
    page = owner_phone.open("/owner/messages")
    titles = [pages.words(tag) for tag in page.soup.select("h2.list-title")]
    assert titles == ["다녀가신 뒤", "특별한 날", "뜸해지면", "쿠폰과 포인트", "그 밖에", "늘 켜져 있는 안내"]
