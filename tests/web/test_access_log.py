"""Every screen with names or numbers on it leaves a line; a screen that shows nobody leaves none (S24)."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.flows import deliver
from app.messages.contract import Wire
from app.shops.models import AccessLog
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock

pytestmark = pytest.mark.databases("sqlite", "postgres")


def looks() -> list[str]:
    """Return what was written down, in order, and forget it."""
    db.session.rollback()
    found = list(db.session.scalars(db.select(AccessLog.action).order_by(AccessLog.id)))
    db.session.execute(db.delete(AccessLog))
    db.session.commit()
    return found


@pytest.fixture
def letter_waits(app: Flask, clock: Clock, shop: AShop, jiwoo: ACustomer) -> None:
    """A letter to 지우 lies ready to be sent by hand."""
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=2, minutes=1)
    deliver.drain(wire=Wire(public_url="https://dangol.test", base_url="https://dangol.test"), clock=clock)


@pytest.mark.usefixtures("letter_waits")
@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/owner/messages/phone", "hand_queue"),
        ("/owner/messages/history", "history"),
        ("/owner/messages/thank_you", "preview"),
        ("/owner/stamps/today", "list"),
        ("/owner/people", "list"),
    ],
)
def test_a_screen_with_names_leaves_a_line(owner_phone: Phone, path: str, action: str) -> None:
    looks()
    assert "한지우" in owner_phone.open(path).words
    assert looks() == [action]


@pytest.mark.usefixtures("letter_waits")
def test_so_does_a_preview_while_typing(owner_phone: Phone) -> None:
    owner_phone.open("/owner/messages/thank_you")
    looks()
    form = {"csrf_token": owner_phone.token(), "text": "{이름} 님, 반가워요"}
    assert "한지우" in owner_phone.post("/owner/messages/thank_you/preview", form, htmx=True).words
    assert looks() == ["preview"]


@pytest.mark.parametrize("path", ["/owner", "/owner/stamps", "/owner/claims", "/owner/claims?at=home"])
def test_the_waiting_list_leaves_a_line_when_somebody_waits(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer, path: str
) -> None:
    owner_phone.open(path)
    assert looks() == []
    factories.a_claim(shop, jiwoo)
    assert "한지우" in owner_phone.open(path).words
    assert looks() == ["waiting"]


def test_a_poll_that_brings_nothing_leaves_nothing(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_claim(shop, jiwoo)
    page = owner_phone.open("/owner/stamps")
    looks()
    owner_phone.open(str(page.soup.select_one("#claims")["hx-get"]), status=204)  # type: ignore[index]
    assert looks() == []
