"""The card in a real browser: its own QR, the stamp that lands, the saved card, plain http, big text, axe."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import axe_playwright_python  # type: ignore[import-untyped]
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from app.cards.models import Card
from app.extensions import db
from app.flows import claim as claims
from app.flows import stamp
from app.kit.clock import utc_now
from tests import factories
from tests.factories import ACustomer, AShop
from tests.world import Clock

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
# A bare address that browsers do not trust like loopback; the flag leads it to this machine.
LAN = "192.0.2.7"


@dataclass
class Site:
    """A running product: its address, its clock, a browser."""

    port: int
    browser: Browser

    @property
    def url(self) -> str:
        """The trusted address."""
        return f"http://127.0.0.1:{self.port}"

    def phone(self, customer: ACustomer | None = None, **settings: Any) -> BrowserContext:
        """A phone, with a card in its cookie jar if it holds one."""
        context = self.browser.new_context(
            viewport=settings.pop("viewport", {"width": 390, "height": 844}),
            has_touch=True,
            locale="ko-KR",
            **settings,
        )
        if customer is not None:
            context.add_cookies(
                [
                    {
                        "name": "__Host-card",
                        "value": customer.browser,
                        "url": self.url.replace("http:", "https:"),
                        "secure": True,
                        "httpOnly": True,
                        "sameSite": "Lax",
                    }
                ]
            )
        return context


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = _launch(playwright)
        yield browser
        browser.close()


def _launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", f"--host-resolver-rules=MAP {LAN} 127.0.0.1"],
    )


@pytest.fixture
def site(make_app: Callable[..., Flask], clock: Clock, chromium: Browser) -> Iterator[Site]:
    """The product on a free port, its clock at the real time so that the browser's agrees."""
    clock.set(utc_now())
    server = make_server("127.0.0.1", 0, make_app(PUBLIC_URL=""), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(server.server_port, chromium)
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def demo(site: Site) -> AShop:
    """달빛커피, a demo shop: the only kind that plain http serves."""
    return factories.a_shop("달빛커피", is_demo=True)


def _listen(page: Page) -> list[str]:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda fault: said.append(str(fault)))
    return said


def _open(context: BrowserContext, url: str) -> tuple[Page, list[str]]:
    page = context.new_page()
    said = _listen(page)
    page.goto(url)
    return page, said


def _code(page: Page) -> str:
    """Wait for the QR the page drew and return its text (polled: the policy forbids wait_for_function)."""
    page.locator("button[data-qr] canvas").wait_for()
    return str(page.evaluate("document.querySelector('button[data-qr] canvas').dataset.code"))


def test_a_tap_the_word_and_the_stamp_that_lands(site: Site, demo: AShop) -> None:
    context = site.phone()
    page, said = _open(context, f"{site.url}/s/{demo.code}")
    page.get_by_role("button", name="카드 받기").click()
    page.wait_for_url("**/c/*")
    page.get_by_role("button", name="도장 받기").click()
    word = page.locator(".slip .word").inner_text()
    holder = page.locator("[data-card]").get_attribute("data-ref")
    card = db.session.scalars(db.select(Card).where(Card.ref == holder)).one()
    asked = claims.ask(shop_id=demo.id, card_id=card.id, once=factories.once(), now=factories.now())
    assert asked.word == word
    claims.approve(
        shop_id=demo.id,
        claim_id=asked.claim_id,
        staff_id=demo.owner_id,
        once=factories.once(),
        now=factories.now(),
    )
    page.locator("[data-stamps='1'] .new").wait_for(timeout=9000)
    assert page.locator("#toasts").inner_text() == "도장이 찍혔어요"
    assert page.locator("h1").inner_text().startswith("아홉 번만 더")
    assert said == []
    context.close()


def test_the_page_draws_a_code_the_counter_takes_once(site: Site, demo: AShop) -> None:
    holder = factories.a_customer(demo)
    context = site.phone(holder)
    page, said = _open(context, f"{site.url}/c/{demo.code}")
    code = _code(page)
    facts: dict[str, Any] = {
        "shop_id": demo.id,
        "staff_id": demo.owner_id,
        "now": factories.now(),
        "master": factories.master(),
        "how": "scan",
        "code": code,
    }
    given = stamp.give(once=factories.once(), **facts)
    assert (given.card_id, given.balance) == (holder.card_id, 1)
    kept = page.evaluate(
        "new Promise((done) => { const open = indexedDB.open('dangol', 1); open.onsuccess = () => {"
        " const all = open.result.transaction('keys').objectStore('keys').getAll();"
        " all.onsuccess = () => done(all.result.map((row) => row.key.extractable)) } })"
    )
    assert kept == [False]
    assert said == []
    context.close()


def test_without_the_network_the_card_is_still_there_and_says_so(site: Site, demo: AShop) -> None:
    holder = factories.a_card_with(3, demo)
    context = site.phone(holder)
    page, _said = _open(context, f"{site.url}/c/{demo.code}")
    code = _code(page)
    _until(page, "caches.keys().then((names) => names.some((name) => name.startsWith('card-')))")
    _until(page, "caches.open('files-1').then((cache) => cache.keys()).then((files) => files.length >= 4)")
    context.set_offline(True)
    page.goto(f"{site.url}/")
    assert page.url == f"{site.url}/c/{demo.code}"
    assert page.locator("h1").inner_text().startswith("일곱 번만 더")
    assert _code(page).split(".")[1] == code.split(".")[1]
    assert not page.locator("#saved").is_visible()
    page.evaluate("{ const now = Date.now; Date.now = () => now() + 95_000 }")
    page.locator("#saved").wait_for(timeout=7000)
    assert page.locator("#saved").inner_text().startswith("저장해 둔 카드예요 · 오")
    page.get_by_role("button", name="도장 받기").click()
    page.get_by_text("인터넷이 잠깐 끊겼어요").wait_for()
    context.close()


def test_another_person_finds_nothing_of_the_first(site: Site, demo: AShop) -> None:
    first, second = factories.a_customer(demo), factories.a_customer(demo)
    context = site.phone(first)
    page, _said = _open(context, f"{site.url}/c/{demo.code}")
    _until(page, "caches.keys().then((names) => names.some((name) => name.startsWith('card-')))")
    before = page.evaluate("caches.keys()")
    cookies = site.phone(second)
    context.clear_cookies()
    context.add_cookies(cookies.cookies())  # type: ignore[arg-type]
    page.goto(f"{site.url}/c/{demo.code}")
    _until(page, f"caches.keys().then((names) => JSON.stringify(names.sort()) !== '{_json(before)}')")
    assert len([name for name in page.evaluate("caches.keys()") if name.startswith("card-")]) == 1
    context.clear_cookies()
    page.goto(f"{site.url}/")
    _until(page, "caches.keys().then((names) => !names.some((name) => name.startsWith('card-')))")
    cookies.close()
    context.close()


def _json(names: list[str]) -> str:
    return "[" + ",".join(f'"{name}"' for name in sorted(names)) + "]"


def _until(page: Page, question: str) -> None:
    for _ in range(60):
        if page.evaluate(question):
            return
        page.wait_for_timeout(150)
    raise AssertionError(f"never true: {question}")


def test_on_plain_http_the_server_draws_the_code(site: Site, demo: AShop) -> None:
    context = site.phone()
    page, said = _open(context, f"http://{LAN}:{site.port}/s/{demo.code}")
    assert page.evaluate("isSecureContext") is False
    page.get_by_role("button", name="카드 받기").click()
    page.wait_for_url("**/c/*")
    page.locator("button[data-qr] img").wait_for()
    assert page.locator("button[data-qr] img").evaluate("(image) => image.naturalWidth") > 0
    page.get_by_role("button", name="도장 받기").click()
    page.locator(".slip .word").wait_for()
    assert said == []
    context.close()


def test_without_scripts_everything_but_live_works(site: Site, demo: AShop) -> None:
    context = site.phone(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/s/{demo.code}")
    page.get_by_role("button", name="카드 받기").click()
    page.get_by_role("button", name="도장 받기").click()
    assert page.locator(".slip .word").inner_text()
    assert page.locator("noscript img, .stub > img").count() >= 1
    context.close()


PAGES = [
    "/",
    "/s/{code}",
    "/c/{code}",
    "/c/{code}/me",
    "/c/{code}/details",
    "/c/{code}/inbox",
    "/c/{code}/visits",
    "/c/{code}/me/delete",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(site: Site, demo: AShop, scheme: str) -> None:
    holder, _reward = factories.a_reward(
        demo, factories.a_customer(demo, name="한지우", phone="010-2345-6789")
    )
    factories.a_claim(demo, holder)
    context = site.phone(
        holder, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce", service_workers="block"
    )
    for path in [*PAGES, "/s/{code}/privacy", "/nowhere"]:
        page = context.new_page()
        page.goto(site.url + path.format(code=demo.code))
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size(
            {"width": 390, "height": max(844, tall)}
        )  # nothing half under the pinned action
        page.evaluate(AXE)
        found = page.evaluate("(rules) => axe.run(document, { runOnly: rules })", RULES)
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == [], path
        page.close()
    context.close()


def test_320_px_with_the_largest_text_neither_scrolls_sideways_nor_hides_anything(
    site: Site, demo: AShop
) -> None:
    holder, _reward = factories.a_reward(demo)
    context = site.phone(holder, viewport={"width": 320, "height": 568}, service_workers="block")
    for path in PAGES:
        page = context.new_page()
        page.goto(site.url + path.format(code=demo.code))
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
        page.close()
    context.close()


def test_the_card_is_light(site: Site, demo: AShop) -> None:
    holder = factories.a_card_with(7, demo)
    context = site.phone(holder, service_workers="block")
    page = context.new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{site.url}/c/{demo.code}")
    _code(page)
    page.wait_for_load_state("networkidle")
    assert len(answers) <= 8, [answer.url for answer in answers]
    assert sum(_weight(answer) for answer in answers) <= 45 * 1024
    context.close()


def _weight(answer: Any) -> int:

    return len(gzip.compress(answer.body(), 9))
