"""S05: another shop's things do not exist. Every route, every table, every kind of visitor."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.shops.models import AccessLog
from tests import factories
from tests.phone import Page, Phone
from tests.security.full_shop import OF_NO_SHOP, FullShop, rows_of
from tests.security.kept import full_shops
from tests.security.routes import Route, fields_for, routes, values_for

# What a shop shows to everybody who knows its code, and nobody's business but the code's.
PUBLIC = ("/s/", "/manifest", "/assets", "/healthz", "/readyz", "/sw.js")


@pytest.fixture
def both(app: Flask) -> list[FullShop]:
    """Two shops, side by side."""
    return full_shops("가온", "나리", is_demo=True)


@pytest.fixture
def gaon(both: list[FullShop]) -> FullShop:
    """The shop whose things must not be seen."""
    return both[0]


@pytest.fixture
def nari(both: list[FullShop]) -> FullShop:
    """The shop that looks around."""
    return both[1]


def test_every_table_has_rows_of_both_shops(gaon: FullShop, nari: FullShop) -> None:
    for table in db.metadata.sorted_tables:
        if table.name in OF_NO_SHOP:
            continue
        shops = set(db.session.scalars(db.select(table.c.shop_id)))
        assert {gaon.shop.id, nari.shop.id} <= shops, (
            f"no rows in {table.name}: the crawl would prove nothing"
        )


def _hidden(page: Page, shop: FullShop, where: str) -> None:
    seen = page.html + "\n" + "\n".join(f"{k}: {v}" for k, v in page.answer.headers)
    leaked = [secret for secret in shop.secrets if secret in seen]
    assert not leaked, f"{where} ({page.status}) shows {leaked}"


def _walk(app: Flask, visitor: Phone, gaon: FullShop, methods: tuple[str, ...]) -> int:
    visited = 0
    values = values_for(gaon) | {"token": "A" * 22}
    visitor.open(f"/s/{gaon.shop.code}")  # a page that everybody may open: it has a form token
    token = visitor.token()
    for route in routes(app, *methods):
        if route.rule.startswith("/owner/logout"):
            continue
        path, where = route.path(**values), f"{route.method} {route.rule}"
        if route.method == "GET":
            page = visitor.open(path, status=None, follow=False)
        else:
            page = visitor.post(
                path, {**fields_for(gaon, factories.once()), "csrf_token": token}, status=None, follow=False
            )
        assert page.status < 500 or route.rule == "/readyz", where
        _hidden(page, gaon, where)
        _refused(page, route, where)
        visited += 1
    return visited


def _refused(page: Page, route: Route, where: str) -> None:
    """An address that names another shop's row answers as if it were not there."""
    numbers = {name for name in route.arguments if name.endswith("_id")}
    if numbers and not (route.method == "GET" and route.rule.startswith(PUBLIC)):
        assert page.status in (302, 303, 401, 403, 404, 409, 410, 422), f"{where}: {page.status}"


@pytest.mark.parametrize("methods", [("GET",), ("POST",)])
@pytest.mark.parametrize("visitor", ["owner", "staff", "customer", "nobody"])
def test_nobody_else_sees_or_changes_anything(
    app: Flask, gaon: FullShop, nari: FullShop, visitor: str, methods: tuple[str, ...]
) -> None:
    who = Phone(app, look=False)
    if visitor in ("owner", "staff"):
        who.signed_in(nari.shop, nari.shop.owner_id if visitor == "owner" else nari.staff_id)
    elif visitor == "customer":
        who.holding(nari.known)
    before = rows_of(gaon.shop.id)
    assert _walk(app, who, gaon, methods) > 25
    after = rows_of(gaon.shop.id)
    # POST /s/<code> is how anybody joins: it may add a person to the shop, and change nobody else. A phone may
    # wait at the counter: it gets nothing by that alone.
    joined = {"customers", "cards", "devices", "consents", "new_phones"} if methods == ("POST",) else set()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= joined


def test_an_owners_own_pages_show_only_their_own(app: Flask, gaon: FullShop, nari: FullShop) -> None:
    """With their own ids every page opens, holds none of the neighbour's words, and leaves a line where it names somebody."""
    who = Phone(app).signed_in(nari.shop, nari.shop.owner_id)
    opened = looks = 0
    for route in routes(app, "GET"):
        if route.door.audience != "owner" or "token" in route.arguments:
            continue
        values = values_for(nari)
        page = who.open(route.path(**values), status=None)
        assert page.status in (200, 204, 404), route.rule
        _hidden(page, gaon, route.rule)
        db.session.rollback()
        before, looks = looks, db.session.scalar(db.select(db.func.count(AccessLog.id))) or 0
        # An import is called after its file: nobody is named by it.
        named = "나리손님" in page.html and not route.rule.startswith("/owner/imports")
        assert looks > before or page.status != 200 or not named, f"{route.rule} was seen and left no line"
        opened += page.status == 200
    assert opened > 18


def test_a_search_finds_only_ones_own(app: Flask, gaon: FullShop, nari: FullShop) -> None:
    who = Phone(app).signed_in(nari.shop, nari.shop.owner_id)
    for typed in ("가온", "가온손님", "4321", "7777", gaon.secrets[11], "%", "_", "' OR 1=1 --"):
        page = who.open("/owner/people?q=" + typed.replace("%", "%25").replace(" ", "+"))
        assert "가온" not in page.words.replace(typed, "")
        who.open("/owner/stamps")
        page = who.post("/owner/lookups", {"q": typed, "csrf_token": who.token()}, status=None)
        assert "가온" not in page.words.replace(typed, ""), typed


def test_one_browser_has_one_card_in_each_shop(app: Flask, gaon: FullShop, nari: FullShop) -> None:
    both = factories.a_customer(nari.shop, browser=gaon.known.browser)
    phone = Phone(app).holding(gaon.known)
    assert (
        "가온손님" in phone.open(f"/c/{gaon.shop.code}/me").words + phone.open(f"/c/{gaon.shop.code}").words
    )
    page = phone.open(f"/c/{nari.shop.code}")
    assert "가온손님" not in page.html
    assert both.id != gaon.known.id
