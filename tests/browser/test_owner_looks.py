"""Every page of the owner's side, found in the table of doors: axe light and dark, 320 px at 아주 크게, no complaint."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from app.flows import access, printed, shop
from tests import factories
from tests.browser.conftest import NewHandset
from tests.factories import AShop
from tests.security.full_shop import FullShop, a_full_shop
from tests.security.routes import routes, values_for

# What a door of the owner's side shows that is no page of its own.
_PIECES = {
    "/owner/campaigns/<int:campaign_id>/progress",
    "/owner/claims",
    "/owner/counter/codes",
    "/owner/enter/<token>",
    "/owner/groups/<key>/people",
    "/owner/groups/count",
    "/owner/imports/<int:import_id>/progress",
    "/owner/insights/<part>.csv",
    "/owner/more/places",
    "/owner/offline/key",
    "/owner/people/file/<int:file_id>/progress",
    "/owner/print/cards/<batch>",
    "/owner/testers/<int:programme_id>/taps",
    "/owner/voices/<int:voice_id>/lines",
    "/owner/voices/<int:voice_id>/picks/<once>",
    "/owner/warranties/runs/<int:run_id>/progress",
    "/setup/<token>",
}
# A full shop's rows are named by its word; two of one word would share a key.
_words = iter(("별님", "달님", "해님"))
# The size of its letters, how wide and tall a page is as its reader has it, and each list to choose from that keeps its
# choice on one line, which cuts it off. Then the page is as it usually is.
_MEASURE = """(() => { const root = document.documentElement, { text } = root.dataset;
 const cut = [...document.querySelectorAll('select:not([multiple])')]
  .filter((one) => getComputedStyle(one).whiteSpaceCollapse !== 'collapse' || getComputedStyle(one).textWrapMode !== 'wrap')
  .map((one) => `${location.pathname} ${one.name}`);
 const found = [text, root.scrollWidth, root.scrollHeight, cut]; root.dataset.text = 'normal'; return found })()"""
_SETUP = "name=달빛커피&reward_name=아메리카노&goal=10&phone=02-123-4567&opens=09:00&closes=22:00"


@dataclass(frozen=True)
class Pages:
    """A shop with something on every page, and the pages' addresses."""

    shop: AShop
    paths: list[str]


@pytest.fixture
def pages(app: Flask) -> Pages:
    """Every owner's page of a full shop, and of an empty one where that looks different."""
    full = a_full_shop(next(_words), factories.a_number(), is_demo=True)
    return Pages(full.shop, [*_of_the_table(app, full), *_on_paper(full), *_without_a_session(full.shop)])


def _of_the_table(app: Flask, full: FullShop) -> list[str]:
    paths = [
        route.path(**values_for(full))
        for route in routes(app, "GET")
        if route.door.audience == "owner"
        and route.rule not in _PIECES
        and not route.rule.endswith((".svg", "/pdf", "/photo", "/picture", "/square"))
    ]
    assert len(paths) >= 18
    return [*paths, "/owner/people?q=nobody", "/owner/messages/consent_result"]


def _on_paper(full: FullShop) -> list[str]:
    """The sheet of ten new cards; the person's own page in the table shows the card that is printed here."""
    factories.a_printed_code(full.known)
    sheet = printed.make_cards(
        shop_id=full.shop.id,
        count="10",
        once=factories.once(),
        master=factories.master(),
        now=factories.now(),
    )
    return [f"/owner/print/cards/{sheet}"]


def _without_a_session(shop: AShop) -> list[str]:
    now = factories.now()
    enter = access.mint_link(kind="owner", shop_id=shop.id, staff_id=shop.owner_id, lifetime_s=600, now=now)
    setup = access.mint_link(kind="setup", shop_id=None, staff_id=None, lifetime_s=600, now=now)
    steps = [f"/setup/{setup}?step={step}&{_SETUP}" for step in range(1, 6)]
    return [f"/owner/enter/{enter}", "/owner/enter/used-up", *steps]


def test_every_page_is_fit_for_everybody(handset: NewHandset, pages: Pages) -> None:
    """At 320 px and 아주 크게 nothing scrolls sideways; as it usually is, axe finds nothing."""
    shop.set_text_size(shop_id=pages.shop.id, staff_id=pages.shop.owner_id, size="xlarge")
    phone = handset(staff=pages.shop, bypass_csp=True, reduced_motion="reduce", service_workers="block")
    wide, cut, found = {}, [], {}
    for path in pages.paths:
        phone.page.set_viewport_size({"width": 320, "height": 568})
        size, wide[path], tall, lists = phone.open(path).evaluate(_MEASURE)
        if not path.startswith("/setup/"):  # before the first shop nobody has chosen a size
            assert size == "xlarge", path
        cut += lists
        # In smaller letters on a wider screen it is less tall: nothing lies half under what is pinned.
        phone.page.set_viewport_size({"width": 390, "height": tall})
        found[path] = phone.axe_faults(leaves=True)
    assert {path: width for path, width in wide.items() if width > 320} == {}
    assert cut == [], "what is chosen is read to its end"
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_a_shop_without_anybody_has_good_pages_too(handset: NewHandset, shop: AShop) -> None:
    phone = handset(staff=shop, bypass_csp=True, reduced_motion="reduce")
    found = {}
    for path in (
        "/owner",
        "/owner/people",
        "/owner/messages/history",
        "/owner/messages/phone",
        "/owner/stamps/today",
    ):
        phone.open(path)
        found[path] = phone.axe_faults()
    assert {path: faults for path, faults in found.items() if faults} == {}
