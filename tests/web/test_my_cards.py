"""내 카드: several shops' cards in one browser, each for itself."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock

pytestmark = pytest.mark.databases("sqlite", "postgres")


@pytest.fixture
def both(shop: AShop, other_shop: AShop, clock: Clock) -> tuple[ACustomer, ACustomer]:
    """One browser with a card here, and a minute later one at the neighbour's."""
    here = factories.a_customer(shop)
    clock.advance(seconds=60)
    return here, factories.a_customer(other_shop, browser=here.browser)


def _shops(page: object) -> list[str]:
    return [tag.get_text() for tag in page.soup.select(".wallet .shop")]  # type: ignore[attr-defined]


def test_the_card_used_last_is_on_top_and_says_what_comes_next(
    app: Flask, shop: AShop, both: tuple[ACustomer, ACustomer], clock: Clock
) -> None:
    phone = Phone(app).holding(both[0])
    page = phone.open("/")
    assert _shops(page) == ["옆집미용실", "봄날커피"]
    assert page.words.count("첫 도장을 받아 보세요") == 2
    clock.advance(seconds=60)
    factories.a_stamp(shop, both[0].card_id)
    page = phone.open("/")
    assert _shops(page) == ["봄날커피", "옆집미용실"]
    assert "도장 아홉 개만 더 모으면 아메리카노 한 잔" in page.words
    assert "1/10" in page.words and "새로 온 말 1통" in page.words
    assert page.soup.select_one(".pips")["aria-label"] == "도장 10개 중 1개"  # type: ignore[index]


def test_a_reward_that_is_ready_stands_on_its_card(
    app: Flask, shop: AShop, both: tuple[ACustomer, ACustomer]
) -> None:
    factories.a_reward(shop, both[0])
    slips = Phone(app).holding(both[0]).open("/").soup.select(".wallet li")
    here, there = sorted(
        (slip.get_text(" ", strip=True) for slip in slips), key=lambda said: "옆집미용실" in said
    )
    assert "아메리카노 한 잔, 지금 쓸 수 있어요" in here and "혜택 1개" in here
    assert "혜택" not in there


def test_the_card_leads_to_the_others_only_when_there_are_any(
    app: Flask, shop: AShop, both: tuple[ACustomer, ACustomer], minho: ACustomer
) -> None:
    assert "내 카드 모두 보기" not in Phone(app).holding(minho).open(f"/c/{shop.code}").words
    phone = Phone(app).holding(both[0])
    assert "내 카드 모두 보기 2장" in phone.open(f"/c/{shop.code}").words
    assert phone.open(f"/c/{shop.code}").soup.select_one("a[href='/?all=1']") is not None
    assert len(_shops(phone.open("/?all=1"))) == 2


def test_leaving_one_shop_keeps_the_other(
    app: Flask, shop: AShop, other_shop: AShop, both: tuple[ACustomer, ACustomer]
) -> None:
    phone = Phone(app).holding(both[0])
    person = phone.open("/").answer.headers["X-Dangol-Person"]
    phone.open(f"/c/{shop.code}/me/delete")
    page = phone.tap("모두 지우기")
    assert page.h1 == "정보를 모두 지웠어요"
    assert _shops(page) == ["옆집미용실"]
    assert page.answer.headers["X-Dangol-Person"] == person
    assert page.answer.headers["X-Dangol-Gone"] == f"/c/{shop.code}"
    assert phone.open("/").path == f"/c/{other_shop.code}"
    phone.open(f"/c/{other_shop.code}/me/delete")
    page = phone.tap("모두 지우기")
    assert page.answer.headers["X-Dangol-Person"] == "none"


@pytest.mark.parametrize("left", ["", "1%0d%0aX-Evil:%201", "../x", "ABCDEFGHJKLMN"])
def test_what_is_no_shops_code_comes_into_no_header(
    app: Flask, both: tuple[ACustomer, ACustomer], left: str
) -> None:
    answer = Phone(app).holding(both[0]).open(f"/?left={left}").answer
    assert "X-Dangol-Gone" not in answer.headers and "X-Evil" not in answer.headers
