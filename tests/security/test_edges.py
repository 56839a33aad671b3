"""What a browser may send that nobody typed: numbers no row has, NUL, no Referer, a form older than its session."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable

import pytest
from flask import Flask

from app.customers import reaching
from app.customers.models import Suppression
from app.extensions import db
from app.flows.unit import write
from app.kit import logs
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.security.routes import routes

TOO_LARGE = "9" * 20


@pytest.mark.databases("sqlite", "postgres")
def test_a_number_no_row_can_have_is_not_found(app: Flask, shop: AShop, owner_phone: Phone) -> None:
    owner_phone.open("/owner/stamps")
    token, tried = owner_phone.token(), 0
    for route in routes(app, "GET", "POST"):
        if "<int:" not in route.rule:
            continue
        for number in (TOO_LARGE, str(2**63)):
            path = route.path(**dict.fromkeys(route.arguments, number))
            if route.method == "GET":
                owner_phone.open(path, status=404)
            else:
                owner_phone.post(path, {"csrf_token": token, "once": factories.once()}, status=404)
            tried += 1
    assert tried > 15
    owner_phone.open(f"/owner/panel/{2**63 - 1}", status=404)
    assert owner_phone.open(f"/owner/messages/history?after={TOO_LARGE}").h1 == "보낼 말과 보낸 말"
    form = {"csrf_token": token, "once": factories.once(), "how": "digits", "card": TOO_LARGE}
    owner_phone.post("/owner/stamps", form, status=None, follow=False)


@pytest.mark.databases("sqlite", "postgres")
@pytest.mark.parametrize("path", ["/s/{code}%00", "/owner/people?q=%00", "/owner/people?%00=x", "/o/a%00b"])
def test_nul_in_an_address_is_a_bad_request(owner_phone: Phone, shop: AShop, path: str) -> None:
    assert "요청을 이해하지 못했어요" in owner_phone.open(path.format(code=shop.code), status=400).words


@pytest.mark.databases("sqlite", "postgres")
def test_nul_in_a_form_is_a_bad_request_and_changes_nothing(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    owner_phone.open(f"/owner/people/{jiwoo.id}")
    form = {"csrf_token": owner_phone.token(), "name": "지우\x00", "likes": "", "memo": ""}
    owner_phone.post(f"/owner/people/{jiwoo.id}", form, status=400)
    assert factories.a_person(jiwoo.id).name == "한지우"


def test_a_browser_that_sends_no_referer_may_post(shop: AShop, owner_phone: Phone) -> None:
    owner_phone.open("/owner/more/hours")
    form = {"csrf_token": owner_phone.token(), "opens": "08:00", "closes": "20:00"}
    owner_phone.post("/owner/more/hours", form, headers={"Referer": ""})
    assert factories.the_shop(shop).open_minute == 8 * 60


def test_an_opt_out_needs_no_cookie(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    """S14: the link in the message is enough, also in a browser that keeps nothing and says nothing."""
    key = factories.a_person(jiwoo.id).phone_key
    with write() as session:
        facts = {"shop_id": shop.id, "customer_id": jiwoo.id, "now": factories.now()}
        token = reaching.opt_out_link(session, address_key=key, **facts)
    answer = app.test_client(use_cookies=False).post(f"/o/{token}", base_url="https://dangol.test")
    assert answer.status_code == 200
    assert "이제 광고를 보내지 않아요" in answer.get_data(as_text=True)
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count(Suppression.id))) == 1


def test_a_form_older_than_its_session_comes_back_without_its_password(
    shop: AShop, owner_phone: Phone
) -> None:
    owner_phone.open("/owner/more/staff")
    form = {"csrf_token": "old", "name": "최알바", "login": "alba01", "password": "주말에만 나와요 12"}
    page = owner_phone.post("/owner/more/staff", form, status=400)
    assert page.h1 == "한 번만 더 눌러 주세요"
    assert "주말에만" not in page.html
    page = owner_phone.submit("이어서 하기", password="주말에만 나와요 12")
    assert "최알바 님을 직원으로 넣었어요" in page.words


def test_in_a_page_with_scripts_nothing_typed_moves(shop: AShop, owner_phone: Phone) -> None:
    owner_phone.open("/owner/stamps")
    page = owner_phone.post("/owner/lookups", {"csrf_token": "old", "q": "6789"}, htmx=True, status=409)
    assert "한 번만 더 눌러 주세요" in page.words
    assert "HX-Refresh" not in page.answer.headers
    fresh = page.answer.headers["X-Form-Token"]
    owner_phone.post("/owner/lookups", {"csrf_token": fresh, "q": "6789"}, htmx=True)


def test_a_proxy_that_ends_tls_does_not_take_hsts_away(app: Flask, make_app: Callable[..., Flask]) -> None:
    behind = app.test_client().get("/", base_url="http://dangol.test")
    assert "max-age" in behind.headers["Strict-Transport-Security"]
    plain = make_app(PUBLIC_URL="").test_client()
    for base_url in ("http://192.168.0.7:8000", "http://127.0.0.1:8000"):
        assert "Strict-Transport-Security" not in plain.get("/", base_url=base_url).headers


def test_a_failed_statement_names_nobody(app: Flask, shop: AShop) -> None:
    with pytest.raises(Exception, match="hidden") as fault:
        db.session.execute(db.text("SELECT * FROM no_table WHERE name = :name"), {"name": "한지우라"})
    db.session.rollback()
    assert "한지우라" not in str(fault.value)


def test_the_link_that_takes_a_card_along_is_masked() -> None:
    text = io.StringIO()
    token = "1.23.1.1763877540.0123456789abcdef0123456789abcdef"
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure()
    try:
        root.handlers[0].setStream(text)  # type: ignore[attr-defined]
        logging.getLogger("gunicorn").warning("GET /s/ABC234/open/%s", token)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    assert token[-32:] not in text.getvalue()
    assert "/open/…" in text.getvalue()
