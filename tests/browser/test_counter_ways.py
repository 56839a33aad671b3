"""Ways to a stamp that need a browser: the counter's QR before a camera, the customers' tablet, a queue."""

from __future__ import annotations

from pathlib import Path

from app.cards.models import Claim
from app.extensions import db
from tests import factories
from tests.browser import camera
from tests.browser.conftest import NewHandset
from tests.factories import AShop


def test_the_counters_qr_turns_without_a_network_and_becomes_a_claim(
    handset: NewHandset, shop: AShop
) -> None:
    screen, customer = handset(staff=shop, quiet=False), handset()
    canvas = "document.querySelector('[data-codes] canvas')"
    page = screen.open("/owner/counter")
    page.locator("[data-codes] canvas").wait_for()
    first = page.evaluate(f"{canvas}.dataset.code")
    # Away for a step and without a network: the next code is drawn all the same.
    screen.context.set_offline(True)
    page.clock.install()
    page.clock.fast_forward(31_000)
    screen.until(f"{canvas}.dataset.code !== '{first}' && !{canvas}.hidden")
    screen.context.set_offline(False)
    customer.open(first)  # as a plain camera does; without a card the card comes first
    customer.press("카드 받기")
    customer.page.get_by_role("heading", name="달빛커피 도장 받기").wait_for()
    customer.press("도장 받기")
    customer.page.get_by_text("사장님 확인을 기다려요").wait_for()
    word = customer.page.locator(".slip .word").inner_text()
    owner = handset(staff=shop)
    owner.open("/owner/stamps")
    assert word in owner.words
    owner.press("도장 찍기")
    customer.page.locator("[data-stamps='1']").wait_for()


def test_the_tablet_shows_a_word_then_the_stamp_then_nobody(handset: NewHandset, shop: AShop) -> None:
    number = factories.a_number()
    factories.a_customer(shop, name="최민서", phone=number)
    owner = handset(staff=shop)
    tablet = handset(viewport={"width": 1280, "height": 800}, bypass_csp=True, reduced_motion="reduce")
    tablet.keep("kiosk", factories.a_kiosk(shop)[1])
    page = tablet.open("/kiosk")
    digits = number.replace("-", "")[3:]
    page.get_by_role("button", name="7", exact=True).click()
    tablet.press("다 지우기")
    for digit in digits:
        page.get_by_role("button", name=digit, exact=True).click()
    assert page.locator("#number").input_value() == f"{digits[:4]} {digits[4:]}"
    size = page.get_by_role("button", name="5", exact=True).bounding_box()
    assert size is not None
    assert min(size["width"], size["height"]) >= 60
    tablet.press("확인")
    page.get_by_role("heading", name="사장님이 확인하면 도장이 찍혀요").wait_for()
    db.session.rollback()
    assert page.locator(".word").inner_text() == db.session.scalar(
        db.select(Claim.word).where(Claim.shop_id == shop.id)
    )
    assert (page.url, "최민서" in tablet.words) == (f"{tablet.base_url}/kiosk", False)
    owner.open("/owner/stamps")
    owner.press("도장 찍기")
    page.get_by_text("도장 1/10").wait_for()
    page.get_by_role("heading", name="전화번호를 눌러 주세요").wait_for()  # by itself
    assert page.locator("#number").input_value() == ""
    tablet.open("/owner")
    assert page.url == f"{tablet.base_url}/kiosk"
    found = {}
    for path in ("/kiosk", "/kiosk/end"):
        for width, height in ((320, 640), (800, 1280), (1280, 800)):
            page.set_viewport_size({"width": width, "height": height})
            tablet.open(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
        found |= {path: wrong} if (wrong := tablet.axe_faults()) else {}
    assert found == {}


def test_a_queue_before_the_camera(handset: NewHandset, shop: AShop, film: Path) -> None:
    people = [
        factories.a_customer(shop, name=name, phone=factories.a_number()) for name in ("한지우", "최민서")
    ]
    owner = handset(staff=shop)
    owner.open("/owner/stamps")
    camera.film(factories.a_code(people[0]), film)
    owner.press("이어서 적립")
    owner.page.locator(".queued", has_text="한지우 님").wait_for()
    assert "이번에 1명" in owner.words
    # The film is read when the camera is switched on: between two people it is off for a blink.
    camera.film(factories.a_code(people[1]), film)
    owner.press("카메라 끄기")
    owner.press("카메라 켜기")
    owner.page.locator(".queued", has_text="최민서 님").wait_for()
    assert "이번에 2명" in owner.words
    owner.press("적립 취소")
    owner.page.locator(".queued", has_text="적립을 취소했어요").wait_for()
    assert "이번에 1명" in owner.words
    camera.film_nothing(film)
    owner.press("그만하기")
    owner.page.get_by_text("이번에 1명에게 찍었어요").wait_for()
