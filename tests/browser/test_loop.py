"""The product's main job between two phones: join, claim, approve, scan, fill a card, use the reward."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Route

from app.extensions import db
from app.flows import access
from app.visits.models import Visit
from tests import factories
from tests.browser import camera
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset, wait_until
from tests.factories import AShop


@pytest.fixture
def handset(handset: NewHandset) -> NewHandset:
    """Take phones on which everything moves, as most do."""
    return partial(handset, reduced_motion="no-preference")


def join(phone: Handset, shop: AShop) -> None:
    """Scan the poster, tap once, hold a card."""
    phone.open(f"/s/{shop.code}")
    phone.press("카드 받기")
    phone.page.wait_for_url("**/c/*")


def enter(phone: Handset, shop: AShop) -> None:
    """Open the owner's one-time link and press its button."""
    link = access.mint_link(
        kind="owner", shop_id=shop.id, staff_id=shop.owner_id, lifetime_s=600, now=factories.now()
    )
    phone.open(f"/owner/enter/{link}")
    phone.press("들어가기")
    phone.page.wait_for_url("**/owner")


def test_the_owner_approves_and_the_stamp_lands(handset: NewHandset, shop: AShop) -> None:
    customer, owner = handset(), handset()
    enter(owner, shop)
    assert owner.h1 == "사장님, 기다리는 분은 없어요"
    join(customer, shop)
    customer.press("도장 받기")
    word = customer.page.locator(".slip .word").inner_text()
    # The owner's page finds out by itself, and both phones show the same word.
    owner.page.locator(".claims .word").wait_for()
    assert owner.page.locator(".claims .word").inner_text() == word
    assert owner.h1 == "사장님, 한 분이 기다려요"
    owner.press("도장 찍기")
    customer.page.locator("[data-stamps='1'] .new").wait_for()
    assert customer.page.locator("#toasts").inner_text() == "도장이 찍혔어요"
    assert customer.h1.startswith("도장 아홉 개만 더")
    wait_until(lambda: owner.h1.endswith("기다리는 분은 없어요"), "nobody waits any more", owner.page)


def test_the_camera_reads_the_live_card(handset: NewHandset, shop: AShop, film: Path) -> None:
    customer, owner = handset(), handset(staff=shop)
    join(customer, shop)
    camera.film(customer.code(), film)
    owner.open("/owner/stamps")  # the right to the camera was given before: it is simply on
    owner.page.locator("#result .guest").wait_for()
    assert owner.page.locator("#result .chip").first.inner_text() == "도장 찍었어요"
    customer.page.locator("[data-stamps='1']").wait_for()
    # It stays before the camera: the panel holds the reading, nothing is stamped twice.
    owner.page.wait_for_timeout(1500)
    assert customer.page.locator("[data-stamps]").get_attribute("data-stamps") == "1"
    camera.film_nothing(film)


def test_a_card_is_read_again_when_its_stamp_was_lost_on_the_way(
    handset: NewHandset, shop: AShop, film: Path
) -> None:
    customer, owner = handset(), handset(staff=shop, quiet=False)
    join(customer, shop)
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.request.url)
            route.fulfill(status=502, body="")
        else:
            route.continue_()

    owner.page.route("**/owner/stamps", lose_the_first)
    camera.film(customer.code(), film)
    owner.open("/owner/stamps")
    owner.page.locator("#result .guest").wait_for()  # the card never left the camera's sight
    assert len(lost) == 1
    customer.page.locator("[data-stamps='1']").wait_for()
    camera.film_nothing(film)


def test_ten_stamps_bring_a_reward_and_it_is_used_once(handset: NewHandset, shop: AShop) -> None:
    customer, owner = handset(), handset(staff=shop)
    join(customer, shop)
    customer.press("도장 받기")
    owner.open("/owner")
    owner.press("도장 찍기")
    for stamps in range(2, 11):
        owner.press("한 개 더")
        shown = "0" if stamps == 10 else str(stamps)
        owner.page.locator(f"#result [data-stamps='{shown}']").wait_for()
    assert "도장을 다 모았어요!" in owner.words
    customer.page.locator(".voucher").wait_for()
    assert customer.h1 == "아메리카노 한 잔, 지금 쓸 수 있어요"
    assert db.session.scalar(db.select(db.func.count(Visit.id)).where(Visit.shop_id == shop.id)) == 1
    owner.press("사용하기")
    owner.page.get_by_text("아메리카노 한 잔을 사용했어요").wait_for()
    assert owner.page.get_by_role("button", name="사용하기").count() == 0
    wait_until(
        lambda: customer.page.locator(".voucher").count() == 0, "the card shows the use", customer.page
    )
    customer.page.get_by_role("link", name="적립·사용 내역").click()
    customer.page.locator("h1", has_text="적립·사용 내역").wait_for()
    assert "혜택을 썼어요 · 아메리카노 한 잔" in customer.words
