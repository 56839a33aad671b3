"""The demo shop at the machine's own address over plain http: no camera, no crypto.subtle, no service worker."""

from __future__ import annotations

from pathlib import Path

from tests import factories
from tests.browser import camera
from tests.browser.conftest import NewHandset
from tests.factories import AShop


def test_the_server_draws_the_code_of_the_card(handset: NewHandset, shop: AShop) -> None:
    phone = handset(lan=True)
    page = phone.open(f"/s/{shop.code}")
    assert page.evaluate("[isSecureContext, 'mediaDevices' in navigator, 'serviceWorker' in navigator]") == [
        False,
        False,
        False,
    ]
    phone.press("카드 받기")
    page.locator("button[data-qr] img").wait_for()
    assert page.locator("button[data-qr] img").evaluate("(image) => image.naturalWidth") > 0
    phone.press("도장 받기")
    page.locator(".slip .word").wait_for()
    phone.open(f"/c/{shop.code}/me")
    phone.open(f"/c/{shop.code}")
    page.locator("button[data-qr] img").wait_for()


def test_the_counter_takes_a_photo_instead(handset: NewHandset, shop: AShop, tmp_path: Path) -> None:
    holder = factories.a_customer(shop)
    customer, owner = handset(lan=True, card=holder), handset(lan=True, staff=shop)
    customer.open(f"/c/{shop.code}")
    page = owner.open("/owner/stamps")
    assert "이 주소에서는 카메라 대신 사진으로 찍어요." in owner.words
    assert not page.get_by_role("button", name="카메라 켜기").is_visible()
    picture = tmp_path / "photo.jpg"
    camera.photograph(factories.a_code(holder), picture)
    page.locator("[data-scan-photo]").set_input_files(picture)
    page.locator("#result .guest").wait_for()
    assert page.locator("#result .chip").first.inner_text() == "도장 찍었어요"
    customer.page.locator("[data-stamps='1']").wait_for()
    # A photo of something else says so, and the page is as it was.
    camera.photograph("https://example.com/", picture)
    page.get_by_role("link", name="다음 손님").click()
    page.locator("[data-scan-photo]").set_input_files(picture)
    page.get_by_text("카드의 QR이 아니에요. 손님 화면의 QR을 찍어 주세요.").wait_for()
