"""S24: the logs of a whole visit name nobody."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask

from app.extensions import db
from app.flows import deliver
from app.kit import logs
from app.messages.models import Message
from tests import factories
from tests.factories import AShop
from tests.phone import Phone
from tests.world import Clock


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged, at the most talkative level, as the product would write it."""
    text = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure(logging.DEBUG)
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(text)
    yield text
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()
    logs.configure()


def test_a_whole_visit_leaves_no_person_in_the_logs(app: Flask, clock: Clock, written: io.StringIO) -> None:
    shop = factories.a_shop(is_demo=True)
    session = factories.a_session(shop, shop.owner_id)
    customer, owner = Phone(app), Phone(app)
    owner.keep("staff", session)
    customer.open(f"/s/{shop.code}/details")
    button = next(
        tag for tag in customer.page.soup.select("button") if tag.get("form") or tag.find_parent("form")
    )  # type: ignore[union-attr]
    page = customer.submit(
        button.get_text(strip=True),
        name="한지우라",
        phone="010-7654-3210",
        age14=True,
        required=True,
        marketing=True,
        ads=True,
    )
    assert page.path == f"/c/{shop.code}"
    person_id, card_id = db.session.execute(db.text("SELECT customer_id, id FROM cards")).one()
    owner.open("/owner/stamps")
    owner.post(
        "/owner/stamps",
        {"card": str(card_id), "how": "digits", "once": factories.once(), "csrf_token": owner.token()},
    )
    owner.post("/owner/lookups", {"q": "3210", "csrf_token": owner.token()})
    owner.open("/owner/people?q=한지우라")
    owner.open(f"/owner/people/{person_id}")
    owner.submit("저장하기", memo="창가자리비밀", likes="연한라떼")
    clock.advance(hours=3)
    deliver.drain(wire=app.config["WIRE"], clock=clock)
    Phone(app, look=False).open("/o/" + "B" * 22, status=404)
    Phone(app, look=False).open("/owner/enter/" + "C" * 22, status=410)
    log = structlog.get_logger("test")
    log.info(
        "proof that the test listens", phone="010-7654-3210", name="한지우라", where="call 010 7654 3210"
    )
    logging.getLogger("werkzeug").warning("GET /o/%s 010-7654-3210", "B" * 22)
    said = written.getvalue()
    assert "proof that the test listens" in said
    browser = customer.client.get_cookie("__Host-card", domain="dangol.test")
    assert browser is not None
    db.session.rollback()
    texts = [text for text in db.session.scalars(db.select(Message.text)) if text]
    secret = [
        "한지우라", "창가자리비밀", "연한라떼", "7654", "3210", "76543210", session, browser.value, "B" * 22, "C" * 22, *texts,
        app.config["DANGOL"].secret_key.hex(), app.config["WIRE"].demo_phone_secret,
    ]  # fmt: skip
    found = [word for word in secret if word in said]
    assert not found, f"the logs hold {found}"
    assert not re.search(r"01[016789][-. ]?\d{3,4}[-. ]?\d{4}", said)


def test_an_unexpected_failure_is_logged_masked(written: io.StringIO) -> None:
    log = structlog.get_logger("test")
    try:
        raise ValueError("no letter for +821076543210 at /o/abcdefghijklmnopqrstuv")
    except ValueError:
        log.exception("request failed", path="/o/abcdefghijklmnopqrstuv", method="GET")
    said = written.getvalue()
    assert "request failed" in said
    assert "76543210" not in said
    assert "abcdefghijklmnopqrstuv" not in said


@pytest.mark.parametrize(
    "text",
    ["01012345678", "010-1234-5678", "010 1234 5678", "010.1234.5678", "+821012345678", "+82 10-1234-5678", "82-10-1234-5678", "0111234567"],
)  # fmt: skip
def test_every_way_to_write_a_number_is_masked(text: str) -> None:
    assert not re.search(r"\d{4}", logs.mask(f"to={text} ok").replace("010-…", ""))


def test_the_settings_never_print_their_keys(app: Flask, shop: AShop) -> None:
    config = app.config["DANGOL"]
    for key in (config.secret_key, config.master_key, config.demo_phone_secret):
        shown = key if isinstance(key, str) else key.hex()
        assert shown not in repr(config)
        assert repr(key) not in repr(config)
