"""Picking photos for a review: seen at once, refused with a sentence, taken back, and never a sixth."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Flask
from PIL import Image
from playwright.sync_api import FilePayload, Route

from app.reviews.photos import photos_of_ask
from tests import factories
from tests.asks import an_ask
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset
from tests.factories import AShop
from tests.kit import hostile

# Made in the page: carried there it would take half a minute.
_FORTY_MEGABYTES = """{
const picked = new DataTransfer(), input = document.querySelector('input[type=file]');
picked.items.add(new File([new Uint8Array(40 * 1024 * 1024)], 'IMG_7.jpg', { type: 'image/jpeg' }));
input.files = picked.files;
input.dispatchEvent(new Event('change', { bubbles: true })); }
"""


def a_photo(number: int = 0) -> FilePayload:
    """Return a photo as a phone's gallery gives it."""
    out = BytesIO()
    Image.effect_noise((1200, 900), 40 + number).convert("RGB").save(out, "JPEG")
    return {"name": f"IMG_{number}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def pick(phone: Handset, *files: Any) -> None:
    phone.page.locator("input[type=file]").set_input_files(list(files))


def count(phone: Handset, wanted: str) -> None:
    phone.page.locator(".picked-count", has_text=wanted).wait_for()


def test_photos_are_picked_refused_and_taken_back(handset: NewHandset, app: Flask, shop: AShop) -> None:
    ask = an_ask(shop, factories.a_customer(shop))
    phone = handset()
    phone.open(f"/r/{ask.token}")
    pick(phone, a_photo())
    phone.page.locator(".picked canvas").wait_for()  # at once, drawn by the phone itself
    count(phone, "1/5")
    phone.page.locator("#picked img").wait_for()
    phone.until("document.querySelector('#picked img').naturalWidth === 480")
    assert phone.page.locator(".picked canvas").count() == 0

    pick(phone, {"name": "IMG_9.jpg", "mimeType": "image/jpeg", "buffer": b"just a text"})
    phone.page.locator("[data-uploading] .refused", has_text="사진이 아니에요").wait_for()
    phone.press("알겠어요")
    assert phone.page.locator(".refused").count() == 0

    phone.page.evaluate(_FORTY_MEGABYTES)
    phone.page.locator("[data-uploading] .refused", has_text="사진이 너무 커요(15MB까지)").wait_for()
    phone.press("알겠어요")

    # What this browser can't open goes as it is.
    pick(phone, {"name": "IMG_8.HEIC", "mimeType": "image/heic", "buffer": hostile.heic()})
    count(phone, "2/5")
    phone.page.locator("#picked img").nth(1).wait_for()

    phone.press("고른 사진 1 지우기")
    count(phone, "1/5")
    pick(phone, *[a_photo(n) for n in range(1, 6)])
    assert "사진은 5장까지 올릴 수 있어요" in phone.words
    count(phone, "5/5")
    assert not phone.page.locator(".photo-button").is_visible()
    phone.press("고른 사진 1 지우기")
    phone.page.locator(".photo-button").wait_for()


def test_weak_wifi_loses_no_photo_and_the_form_waits(handset: NewHandset, app: Flask, shop: AShop) -> None:
    ask = an_ask(shop, factories.a_customer(shop))
    phone = handset(quiet=False)  # the console tells of the break
    phone.open(f"/r/{ask.token}")
    tries: list[str] = []

    def weak(route: Route) -> None:
        if route.request.method == "POST" and not tries:
            tries.append("broken")
            phone.page.wait_for_timeout(400)
            route.abort()
        else:
            route.continue_()

    phone.page.route(f"**/r/{ask.token}/photos", weak)
    pick(phone, a_photo())
    phone.page.get_by_label("5점").check()
    phone.page.locator("#text").fill("따뜻했어요")
    phone.press("후기 남기기")
    phone.page.locator("h1", has_text="후기 고마워요").wait_for()
    assert tries == ["broken"]
    phone.open(f"/r/{ask.token}")
    assert "따뜻했어요" in phone.words
    with app.app_context():
        assert len(photos_of_ask(ask.shop_id, ask.id)) == 1, "what has arrived is not sent again"
