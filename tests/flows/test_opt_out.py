"""An old opt-out link ends all ads of this moment, also those that were agreed to after it was made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.customers import queries as people
from app.customers.reaching import opt_out_link
from app.extensions import db
from app.flows import privacy
from app.flows.unit import write
from app.messages.models import Message
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.mailing import a_mailing_shop, confirm, drain, give, mailed, token_of
from tests.messages.mail_server import Mailbox
from tests.phone import Phone
from tests.world import Clock


@pytest.fixture
def mailbox(app: Flask, shop: AShop) -> Iterator[Mailbox]:
    with a_mailing_shop(app, shop) as server:
        yield server


def a_link(shop: AShop, who: ACustomer) -> str:
    """Return the token of a text from before there was an e-mail address."""
    key = factories.a_person(who.id).phone_key
    with write() as session:
        return opt_out_link(
            session, shop_id=shop.id, customer_id=who.id, address_key=key, now=factories.now()
        )


def refuse(token: str) -> bool:
    """Tap the link; tells whether anything was left to refuse."""
    return privacy.opt_out(token=token, source="link", now=factories.now()).is_new


def standing(shop: AShop, who: ACustomer) -> set[str]:
    """Return the consents to ads that stand."""
    db.session.rollback()
    holds = people.my_details(shop_id=shop.id, customer_id=who.id).standing
    return {kind for kind in ("ads", "ads_night", "ads_email") if holds[kind]}


def told(who: ACustomer) -> int:
    """Return how many results of a refusal lie on the card."""
    db.session.rollback()
    return (
        db.session.query(Message)
        .filter_by(customer_id=who.id, kind="optout_result", channel="card", state="sent")
        .count()
    )


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_link_of_an_old_text_ends_mail_ads_too(
    app: Flask, shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock, confirmed: bool
) -> None:
    token = a_link(shop, jiwoo)
    assert refuse(token)
    clock.advance(minutes=10)
    (mailed if confirmed else give)(shop, jiwoo)
    assert standing(shop, jiwoo) == {"ads_email"}
    factories.a_stamp(shop, jiwoo.card_id)
    assert Phone(app).open(f"/o/{token}").h1 == "광고를 그만 받을까요?"
    assert refuse(token)
    assert standing(shop, jiwoo) == set()
    assert told(jiwoo) == 2
    assert Phone(app).open(f"/o/{token}").h1 == "이미 수신거부하셨어요"
    assert not refuse(token)
    if not confirmed:
        confirm(shop, token_of(jiwoo))
    clock.advance(hours=3)
    drain()
    assert [mail["Subject"] for mail in mailbox.taken if "(광고)" in mail["Subject"]] == []


def test_the_address_of_now_is_refused_for_good(
    shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    token = a_link(shop, jiwoo)
    mailed(shop, jiwoo)
    refuse(token)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    clock.advance(minutes=10)
    stranger = factories.a_customer(shop, name="남", phone=factories.a_number(), agrees="all")
    mailed(shop, stranger)  # the same mailbox, typed by somebody else
    factories.a_stamp(shop, stranger.card_id)
    clock.advance(hours=3)
    drain()
    assert [mail["Subject"] for mail in mailbox.taken if "(광고)" in mail["Subject"]] == []


def test_the_page_of_one_who_left_says_that_it_is_over(
    app: Flask, shop: AShop, jiwoo: ACustomer, mailbox: Mailbox
) -> None:
    mailed(shop, jiwoo)
    token = a_link(shop, jiwoo)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    assert Phone(app).open(f"/o/{token}").h1 == "광고를 그만 받을까요?"
    assert refuse(token)
    assert Phone(app).open(f"/o/{token}").h1 == "이미 수신거부하셨어요"
