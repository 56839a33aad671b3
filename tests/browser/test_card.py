"""The customer's card: its own QR, the saved card, plain pages, axe, big text, weight."""

from __future__ import annotations

import gzip
from functools import partial
from typing import Any

import pytest

from app.flows import stamp
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset, wait_until
from tests.factories import AShop

SAVED = "caches.keys().then((names) => names.some((name) => name.startsWith('card-')))"


@pytest.fixture
def handset(handset: NewHandset) -> NewHandset:
    """Take phones on which everything moves, as most do."""
    return partial(handset, reduced_motion="no-preference")


def test_the_page_draws_a_code_the_counter_takes_once(handset: NewHandset, shop: AShop) -> None:
    holder = factories.a_customer(shop)
    phone = handset(card=holder)
    phone.open(f"/c/{shop.code}")
    facts: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "now": factories.now(),
        "master": factories.master(),
        "how": "scan",
        "code": phone.code(),
    }
    given = stamp.give(once=factories.once(), **facts)
    assert (given.card_id, given.balance) == (holder.card_id, 1)
    kept = phone.page.evaluate(
        "new Promise((done) => { const open = indexedDB.open('dangol', 1); open.onsuccess = () => {"
        " const all = open.result.transaction('keys').objectStore('keys').getAll();"
        " all.onsuccess = () => done(all.result.map((row) => row.key.extractable)) } })"
    )
    assert kept == [False]


def test_without_the_network_the_card_is_still_there_and_says_so(handset: NewHandset, shop: AShop) -> None:
    phone = handset(card=factories.a_card_with(3, shop), quiet=False)
    page = phone.open(f"/c/{shop.code}")
    code = phone.code()
    phone.until(SAVED)
    phone.until("caches.open('files-1').then((cache) => cache.keys()).then((files) => files.length >= 4)")
    phone.context.set_offline(True)
    phone.open("/")
    assert page.url == f"{phone.base_url}/c/{shop.code}"
    assert page.locator("h1").inner_text().startswith("도장 일곱 개만 더")
    assert phone.code().split(".")[1] == code.split(".")[1]
    assert page.locator("#saved").inner_text() == "인터넷이 끊겼어요 · 저장해 둔 카드예요"
    # The product's clock is ahead of the browser's in these tests, so the browser's is set forward as well.
    page.evaluate(
        "{ const rendered = Number(document.body.dataset.rendered); Date.now = () => rendered + 95_000 }"
    )
    page.get_by_text("인터넷이 끊겼어요 · 저장해 둔 카드예요 · 오").wait_for()
    assert page.locator("#saved").inner_text().endswith(" 확인")
    phone.press("도장 받기")
    page.get_by_text("계산대에서 카드 번호를 불러 주세요").wait_for()


def test_another_person_finds_nothing_of_the_first(handset: NewHandset, shop: AShop) -> None:
    first, second = factories.a_customer(shop), factories.a_customer(shop)
    phone = handset(card=first)
    page = phone.open(f"/c/{shop.code}")
    phone.until(SAVED)
    before = sorted(page.evaluate("caches.keys()"))
    phone.context.clear_cookies()
    phone.keep("card", second.browser)
    phone.open(f"/c/{shop.code}")
    wait_until(lambda: sorted(page.evaluate("caches.keys()")) != before, "another card is saved", page)
    assert len([name for name in page.evaluate("caches.keys()") if name.startswith("card-")]) == 1
    phone.context.clear_cookies()
    phone.open("/")
    phone.until(SAVED.replace("names.some", "!names.some"))


def test_without_scripts_everything_but_live_works(handset: NewHandset, shop: AShop) -> None:
    phone = handset(java_script_enabled=False)
    phone.open(f"/s/{shop.code}")
    phone.press("카드 받기")
    phone.press("도장 받기")
    assert phone.page.locator(".slip .word").inner_text()
    assert phone.page.locator("noscript img, .stub > img").count() >= 1


PAGES = [
    "/",
    "/s/{code}",
    "/c/{code}",
    "/c/{code}/me",
    "/c/{code}/details",
    "/c/{code}/inbox",
    "/c/{code}/visits",
    "/c/{code}/reviews",
    "/c/{code}/voices",
    "/c/{code}/me/delete",
]


def _a_full_card(handset: NewHandset, shop: AShop, **settings: Any) -> Handset:
    """A phone of somebody with a name, a reward, and a claim that waits."""
    named = factories.a_customer(shop, name="한지우", phone=factories.a_number())
    holder, _reward = factories.a_reward(shop, named)
    factories.a_claim(shop, holder)
    phone: Handset = handset(card=holder, service_workers="block", **settings)
    return phone


def test_axe_finds_nothing(handset: NewHandset, shop: AShop) -> None:
    phone = _a_full_card(handset, shop, bypass_csp=True, reduced_motion="reduce")
    found = {}
    for path in [*PAGES, "/s/{code}/privacy", "/s/{code}/details", "/nowhere"]:
        phone.open(path.format(code=shop.code))
        found[path] = phone.axe_faults()
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_320_px_with_the_largest_text_neither_scrolls_sideways_nor_hides_anything(
    handset: NewHandset, shop: AShop
) -> None:
    phone = _a_full_card(handset, shop, viewport={"width": 320, "height": 568})
    for path in PAGES:
        page = phone.open(path.format(code=shop.code))
        page.evaluate("document.documentElement.dataset.text = 'xlarge'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        hidden = page.evaluate(
            "(() => { const pinned = [...document.querySelectorAll('.thumb')].at(-1); if (!pinned) return [];"
            " const top = pinned.getBoundingClientRect().top + 20;"
            " return [...document.querySelectorAll('main p, main li, main h1, .code')].filter((at) => !pinned.contains(at)"
            " && at.getBoundingClientRect().height && at.getBoundingClientRect().bottom > top).map((at) => at.textContent) })()"
        )
        assert hidden == [], path


def test_the_card_is_light(handset: NewHandset, shop: AShop) -> None:
    phone = handset(card=factories.a_card_with(7, shop), service_workers="block")
    answers: list[Any] = []
    phone.page.on("response", lambda answer: answers.append(answer))
    phone.open(f"/c/{shop.code}")
    phone.code()
    phone.page.wait_for_load_state("networkidle")
    assert len(answers) <= 8, [answer.url for answer in answers]
    assert sum(len(gzip.compress(answer.body(), 9)) for answer in answers) <= 45 * 1024
