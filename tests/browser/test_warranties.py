"""A package's QR on the buyer's phone, handed on to a friend's, mended by the shop, and found by the counter's camera."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from tests import warranties as given
from tests.browser import camera
from tests.browser.conftest import NewHandset
from tests.factories import AShop


def test_from_the_package_to_the_repair(handset: NewHandset, shop: AShop, film: Path) -> None:
    secret = given.a_secret(shop, given.a_kind(shop, care="마른 천으로 닦아 주세요"))
    buyer, friend = handset(bypass_csp=True), handset()
    counter = handset(staff=shop, bypass_csp=True)
    buyer.open(f"/s/{shop.code}/package/{secret}")
    buyer.press("카드 받고 보증서 담기")
    buyer.page.wait_for_url("**/warranties/*")
    serial = buyer.page.url.rsplit("/", 1)[1]
    assert buyer.axe_faults() == {}
    friend.open(f"/s/{shop.code}/package/{secret}")
    assert "담으셨어요" in friend.words

    buyer.open(f"/c/{shop.code}/warranties/{serial}/offers")
    buyer.press("넘길 링크 만들기")
    buyer.page.locator("#invite-link").wait_for()
    link = urlsplit(buyer.page.locator("#invite-link").input_value())
    friend.open(link.path)
    friend.press("카드 받고 보증서 받기")
    friend.page.wait_for_url("**/warranties/*")
    assert "넘겨 드렸어요" in buyer.open(f"/c/{shop.code}/inbox").inner_text("main")

    friend.page.get_by_role("link", name="AS 요청하기").click()
    friend.page.wait_for_url("**/repairs")
    friend.press("AS 요청하기")  # empty: it comes back with a sentence
    friend.page.locator("[role=alert]").wait_for()
    friend.page.fill("#text", "왼쪽 다리가 흔들려요")
    friend.press("AS 요청하기")
    friend.page.wait_for_url("**/voices/*")

    counter.open("/owner/repairs")
    counter.page.locator("main .list a").first.click()
    counter.page.wait_for_url("**/repairs/*")
    counter.page.get_by_text("다 됐어요", exact=True).click()
    counter.press("손님께 알리기")
    counter.page.get_by_text("라고 손님께 알렸어요").wait_for()
    assert counter.axe_faults() == {}
    assert "다 됐어요. 찾으러 와 주세요." in friend.open(friend.page.url).inner_text("main")

    address = f"https://dangol.test/w/{given.row(serial).check_ref}"
    camera.film(address, film)
    counter.open("/owner/stamps")
    counter.page.wait_for_url(f"**/owner/warranties/{serial}")
    camera.film_nothing(film)
