"""30 seconds at the till is what people complain about: from the read QR, or the tapped claim, to the panel on screen.

The page's own scripts do everything: what scan.js does with a code it has read (its `dangol:scanned`), or a click on
도장 찍기; the clock stops when the person's panel with "도장 찍었어요" has been painted.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from app import create_app
from app.cards import rules
from app.extensions import db
from app.flows import at_counter, claim
from app.kit.signing import new_token
from bench import everything
from bench.both import SAMPLES, WARM, on_both, p95_row
from bench.data import Filled
from bench.report import Row
from bench.servers import gunicorn
from config import load_config

if TYPE_CHECKING:
    from playwright.sync_api import Page

MUST_MS = 300
_SHOP = 1  # the bench's only one
_WAIT_MS = 20_000

# Resolves with the milliseconds until the confirmed panel is painted: two frames after htmx has settled it.
_TIMED = """(begin) => new Promise((done, failed) => {
  const began = performance.now();
  const late = setTimeout(() => failed(new Error(document.getElementById('result').innerText || 'no panel')), WAIT);
  const look = (event) => {
    if (event.detail.target.id !== 'result' || !event.detail.target.innerText.includes('도장 찍었어요')) return;
    document.removeEventListener('htmx:afterSettle', look);
    clearTimeout(late);
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
  };
  document.addEventListener('htmx:afterSettle', look);
  BEGIN
})""".replace("WAIT", str(_WAIT_MS))
_SCAN = _TIMED.replace("(begin)", "(code)").replace(
    "BEGIN",
    """const form = document.getElementById('scan-form');
  form.elements.code.value = code;
  form.elements.once.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
  document.dispatchEvent(new CustomEvent('dangol:scanned', { detail: code }));
  form.requestSubmit();""",
)
_CLAIM = _TIMED.replace("(begin)", "()").replace(
    "BEGIN", "document.querySelector('#claims .claims .line form button').click();"
)


def measure(folder: Path, *, customers: int, ledger: int) -> list[Row]:
    """Time scans and claims on SQLite and PostgreSQL in a shop of `customers` people."""
    return on_both(
        folder,
        lambda name, filled, _server: _on(name, filled, customers),
        customers=customers,
        ledger=ledger,
    )


def _on(name: str, filled: Filled, customers: int) -> list[Row]:
    from playwright.sync_api import sync_playwright

    app = create_app(load_config(filled.env))
    with gunicorn("wsgi:app", **filled.env) as web, sync_playwright() as play, app.app_context():
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, locale="ko-KR", service_workers="block"
        )
        key, _, value = filled.staff_cookie.partition("=")
        context.add_cookies(
            [{"name": key, "value": value, "url": web.url.replace("http:", "https:"), "secure": True}]
        )
        page = context.new_page()
        plain = _pair(page, web.url, _cards(0, customers), _cards(1, customers))
        everything.switch_on(now=_app_setting("CLOCK")())
        full = _pair(page, web.url, _cards(2, customers), _cards(3, customers))
        browser.close()
        db.session.remove()
        db.engine.dispose()
    note = f"{customers:,} customers; Chromium"
    return [
        p95_row(
            f"till: {what} to confirmed panel, {shop}, p95, {name}", times[WARM:], must=MUST_MS, note=note
        )
        for shop, pair in (("stamps only", plain), ("everything on", full))
        for what, times in zip(("read QR", "tapped claim"), pair, strict=True)
    ]


def _pair(page: Page, url: str, scanned: list[Any], asking: list[Any]) -> tuple[list[float], list[float]]:
    return _scans(page, url, scanned), _claims(page, url, asking)


def _cards(first: int, customers: int) -> list[Any]:
    """Return cards from all over the shop, others for each `first` of 0 … 3: id, reference, version of their key."""
    count = SAMPLES + WARM
    step = max(1, customers // (4 * count))
    ids = [(4 * number + first) * step + 1 for number in range(count)]
    found = db.session.execute(
        text(f"SELECT id, ref, key_version FROM cards WHERE id IN ({', '.join(map(str, ids))})")
    ).all()
    db.session.rollback()
    return list(found)


def _scans(page: Page, url: str, cards: list[Any]) -> list[float]:
    page.goto(f"{url}/owner/stamps")
    times = []
    for card in cards:
        key = at_counter.card_key(
            _app_setting("MASTER_KEY"), shop_id=_SHOP, card_id=card.id, version=card.key_version
        )
        step = rules.code_step(_app_setting("CLOCK")())
        code = rules.card_code(key=key, shop_id=_SHOP, ref=card.ref, step=step)
        times.append(float(page.evaluate(_SCAN, code)))
    return times


def _claims(page: Page, url: str, cards: list[Any]) -> list[float]:
    for card in cards:
        claim.ask(shop_id=_SHOP, card_id=card.id, once=new_token(), now=_app_setting("CLOCK")())
    page.goto(f"{url}/owner/stamps")
    times = []
    for _ in range(SAMPLES + WARM):
        page.locator("#claims .claims").wait_for()
        page.locator(".htmx-request, .htmx-added").first.wait_for(
            state="detached"
        )  # its buttons are htmx's own
        times.append(float(page.evaluate(_CLAIM)))
        page.wait_for_timeout(250)  # the list of who waits has looked again
    return times


def _app_setting(name: str) -> Any:
    from flask import current_app

    return current_app.config[name]
