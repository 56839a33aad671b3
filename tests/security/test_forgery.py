"""S08: nothing changes without proof that our own page asked, and looking changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.flows import access
from tests import factories
from tests.factories import AShop
from tests.phone import Phone
from tests.security.full_shop import FullShop, rows_of
from tests.security.kept import full_shops
from tests.security.routes import Route, fields_for, routes, values_for

# Looking at people is itself written down (안전성 확보조치 기준 제8조), and sessions say when they were seen.
LOGS = ("access_log", "staff_sessions.seen_at", "staff_sessions.expires_at", "devices.seen_at", "login_tries")
LAN = "http://192.168.0.7:8000"


@pytest.fixture
def full(app: Flask) -> FullShop:
    """A demo shop with everything in it (plain http serves no other)."""
    [made] = full_shops("가온", is_demo=True)
    return made


class Visitors:
    """The owner's and a customer's phone; each is opened once, for nothing they post is taken."""

    def __init__(self, app: Flask, full: FullShop, base_url: str) -> None:
        self.owner = Phone(app, base_url, look=False).signed_in(full.shop, full.shop.owner_id)
        self.owner.open("/owner/more/hours")
        self.customer = Phone(app, base_url, look=False).holding(full.known)
        self.customer.open(f"/c/{full.shop.code}/me")

        self.tokens = {self.owner: self.owner.token(), self.customer: self.customer.token()}

    def at(self, route: Route) -> tuple[Phone, str]:
        """Return who would be standing at this door, and their right form token."""
        who = self.owner if route.door.role in ("staff", "manager", "owner") else self.customer
        return who, self.tokens[who]


def _path(full: FullShop, route: Route) -> str:
    values = values_for(full)
    if route.rule.startswith("/owner/enter"):
        values["token"] = access.mint_link(
            kind="owner",
            shop_id=full.shop.id,
            staff_id=full.shop.owner_id,
            lifetime_s=60,
            now=factories.now(),
        )
    if route.rule.startswith("/demo/phone"):
        values["token"] = access.mint_link(
            kind="phone", shop_id=full.shop.id, staff_id=None, lifetime_s=60, now=factories.now()
        )
    return route.path(**values)


FORGED: dict[str, tuple[str, dict[str, str | None], bool]] = {
    # where the request is made, headers that replace our own page's, whether the form token is right
    "another site's form": (
        "https://dangol.test",
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"},
        True,
    ),
    "a sister domain": (
        "https://dangol.test",
        {"Sec-Fetch-Site": "same-site", "Origin": "https://x.dangol.test"},
        True,
    ),
    "no token": ("https://dangol.test", {}, False),
    "plain http without an Origin": (LAN, {"Origin": None}, True),
    "plain http, another Origin": (LAN, {"Origin": "http://192.168.0.9:8000"}, True),
    "plain http, another port": (LAN, {"Origin": "http://192.168.0.7:9000"}, True),
    "plain http, a null Origin": (LAN, {"Origin": "null"}, True),
}


@pytest.mark.parametrize("forged", FORGED)
def test_no_forged_post_changes_anything(
    app: Flask, full: FullShop, make_app: Callable[..., Flask], forged: str
) -> None:
    base_url, headers, right_token = FORGED[forged]
    target = app if base_url.startswith("https") else make_app(PUBLIC_URL="")
    visitors, tried = Visitors(target, full, base_url), 0
    todo = [(route, _path(full, route)) for route in routes(app, "POST") if route.door.csrf]
    before = rows_of(but=LOGS)
    for route, path in todo:
        phone, token = visitors.at(route)
        fields = {
            **fields_for(full, factories.once()),
            "csrf_token": token if right_token else "wrong",
        }
        sent: Any = {name: value for name, value in headers.items() if value is not None}
        if headers.get("Origin", "") is None:
            status = phone.client.post(path, data=fields, base_url=base_url).status_code
        else:
            status = phone.post(path, fields, status=None, follow=False, headers=sent).status
        assert status in (400, 403, 409), f"{route.rule} answered {status} to {forged}"
        after = rows_of(but=LOGS)
        assert before == after, f"{route.rule} changed {[k for k in before if before[k] != after[k]]}"
        tried += 1
    assert tried > 25


def test_our_own_post_on_plain_http_passes(
    app: Flask, full: FullShop, make_app: Callable[..., Flask]
) -> None:
    phone = Phone(make_app(PUBLIC_URL=""), LAN).signed_in(full.shop, full.shop.owner_id)
    phone.open("/owner/more/hours")
    phone.submit("저장하기", opens="08:00", closes="21:00")
    assert factories.the_shop(full.shop).open_minute == 8 * 60


@pytest.mark.parametrize("who", ["owner", "customer", "nobody"])
def test_looking_changes_nothing(app: Flask, full: FullShop, who: str) -> None:
    """Every GET of the product, also with the tokens of one-time links: a link preview burns nothing."""
    phone = Phone(app, look=False)
    if who == "owner":
        phone.signed_in(full.shop, full.shop.owner_id)
    elif who == "customer":
        phone.holding(full.known)
    paths = [_path(full, route) for route in routes(app, "GET")]
    before = rows_of(but=LOGS)
    for path in paths:
        assert phone.open(path, status=None, follow=False).status < 500 or path == "/readyz", path
    after = rows_of(but=LOGS)
    assert [name for name in before if before[name] != after[name]] == []


def test_what_is_written_between_two_looks_is_seen(app: Flask, shop: AShop) -> None:
    assert rows_of() == rows_of()
    before = rows_of()
    factories.a_customer(shop)
    after = rows_of()
    assert {name for name in before if before[name] != after[name]} == {"cards", "customers", "devices"}
    assert rows_of(but=["cards"]).keys() == before.keys() - {"cards"}


def test_the_demo_carrier_takes_letters_only_from_our_worker(app: Flask, full: FullShop) -> None:
    before = rows_of(but=LOGS)
    letter = {"key": "0" * 32, "to": "+821012345678", "text": "안녕하세요", "at": "2026-11-23T05:49:00+00:00"}
    for secret in ({}, {"X-Demo-Secret": ""}, {"X-Demo-Secret": "guess"}):
        assert (
            app.test_client().post("/demo/gateway/messages", json=letter, headers=secret).status_code == 403
        )
        assert app.test_client().get("/demo/gateway/messages?key=x", headers=secret).status_code == 403
    assert before == rows_of(but=LOGS)


def test_an_opt_out_cannot_be_guessed_and_one_link_works_for_years(
    app: Flask, full: FullShop, clock: Any
) -> None:
    """S14. The link is opened (nothing happens), then pressed."""
    import secrets

    phone = Phone(app, look=False)
    for _ in range(200):
        phone.open(f"/o/{secrets.token_urlsafe(16)}", status=404)
    clock.advance(days=3 * 365)
    phone.open(f"/o/{full.opt_out}")
