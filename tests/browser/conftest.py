"""One running product and one Chromium for all tests of this folder; each test opens shops and phones of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Playwright, sync_playwright

from app.extensions import db
from launch import reach
from tests import factories
from tests.browser import camera
from tests.browser.handset import NOWHERE, Handset, chromium
from tests.browser.running import Running, running
from tests.factories import ACustomer, AShop
from tests.migrated import Migrated

NewHandset = Callable[..., Handset]


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory, migrated: Migrated) -> Iterator[Running]:
    """The running product."""
    with running(tmp_path_factory.mktemp("site"), migrated) as started:
        yield started
        assert started.faults() == []


@pytest.fixture(scope="package")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file the owner's camera films."""
    file = tmp_path_factory.mktemp("camera") / "film.mjpeg"
    camera.film_nothing(file)
    return file


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright, film: Path) -> Iterator[Browser]:
    """Debian's Chromium, the one without windows where it is installed."""
    started = chromium(playwright, film)
    yield started
    started.close()


@pytest.fixture
def app(site: Running) -> Iterator[Flask]:
    """The product in this process, its context open: factories and flows work on the running product's rows."""
    with site.app.app_context():
        yield site.app
        db.session.remove()


@pytest.fixture
def handset(site: Running, app: Flask, browser: Browser) -> Iterator[NewHandset]:
    """Take a phone: handset(), handset(card=customer), handset(staff=shop), handset(lan=True).

    When the test ends, no page may have complained; handset(quiet=False) is for a test that expects it.
    """
    taken: list[tuple[Handset, bool]] = []

    def take(
        *,
        card: ACustomer | None = None,
        staff: AShop | None = None,
        lan: bool = False,
        quiet: bool = True,
        **settings: Any,
    ) -> Handset:
        url = f"http://{reach.lan_address() or NOWHERE}:{site.port}" if lan else site.url
        phone = Handset(browser, url, **settings)
        taken.append((phone, quiet))
        if card is not None:
            phone.keep("card", card.browser)
        if staff is not None:
            phone.keep("staff", factories.a_session(staff, staff.owner_id, is_secure=not lan))
        return phone

    yield take
    for phone, _quiet in taken:
        phone.context.close()
    assert [phone.said for phone, quiet in taken if quiet and phone.said] == []


@pytest.fixture
def shop(app: Flask) -> AShop:
    """달빛커피, a demo shop (plain http serves no other) in which nothing has to wait."""
    return factories.a_shop("달빛커피", is_demo=True, **factories.no_limits())
