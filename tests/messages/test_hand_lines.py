"""What the owner is offered by hand is what may go out now: nothing over, nothing that hides what stands behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.customers.models import Customer
from app.flows import automation, cart_left, deliver, shop
from app.flows.unit import write
from app.messages import by_hand
from app.messages.contract import Wire
from app.messages.models import AdGrant, Automation, Message
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.test_merge import join_two
from tests.messages.world import a_customer, a_shop, rows, thank
from tests.world import Clock


@pytest.fixture
def wire(town: Flask) -> Wire:
    return replace(town.config["WIRE"], public_url="https://dangol.test")


def thanked(wire: Wire, clock: Clock, many: int) -> tuple[int, list[int]]:
    """A real shop with thank-yous in its owner's hand; returns it and who they are for."""
    made = a_shop("한빛미용실", is_demo=False)
    people = [a_customer(made, f"손님{n}", phone=f"+8210555566{n:02d}") for n in range(many)]
    for number, person in enumerate(people):
        thank(made, person, clock, f"visit:{number}")
    clock.advance(hours=2)
    for _ in range(3):
        deliver.drain(wire=wire, clock=clock)
    return made, people


def test_who_rests_hides_nobody_who_comes_less_often(clock: Clock, wire: Wire) -> None:
    made, people = thanked(wire, clock, 43)
    assert len(rows(channel="own_phone", state="ready")) == 43
    with write() as session:  # another ad reached the regulars since these were laid into the owner's hand
        session.query(Customer).filter(Customer.id.in_(people[:40])).update({"visit_count": 9})
        for person in people[:40]:
            on_card = session.query(Message).filter_by(customer_id=person, channel="card").one()
            session.add(AdGrant(shop_id=made, customer_id=person, message_id=on_card.id, at=clock()))
    lines = by_hand.by_hand(made, wire=wire, now=clock())
    assert {line.customer_id for line in lines} == set(people[40:])


@pytest.mark.parametrize("what", ["name", "number"])
def test_the_texts_in_hand_name_the_shop_as_it_is_called_now(clock: Clock, wire: Wire, what: str) -> None:
    made, _people = thanked(wire, clock, 1)
    who = {"shop_id": made, "staff_id": None, "now": clock()}
    if what == "name":
        told = {"owner_name": "김사장", "address": "", "story": "", "mark": ""}
        shop.save_profile(name="새빛미용실", **told, **who)  # type: ignore[arg-type]
    else:
        shop.save_contact(phone="02-999-9999", **who)  # type: ignore[arg-type]
    deliver.drain(wire=wire, clock=clock)
    (line,) = by_hand.by_hand(made, wire=wire, now=clock())
    assert ("(광고)새빛미용실\n" if what == "name" else "문의 02-999-9999") in line.text


def test_new_words_are_those_in_hand_too(clock: Clock, wire: Wire) -> None:
    made, _people = thanked(wire, clock, 1)
    automation.save(shop_id=made, kind="thank_you", text="{이름} 님, 잘 들어가셨지요?", now=clock())
    deliver.drain(wire=wire, clock=clock)
    (line,) = by_hand.by_hand(made, wire=wire, now=clock())
    assert "잘 들어가셨지요?" in line.text


def test_a_kind_that_is_no_more_breaks_no_page(clock: Clock, wire: Wire) -> None:
    made, people = thanked(wire, clock, 2)
    with write() as session:
        session.query(Message).filter_by(channel="own_phone", cause="visit:0").update({"kind": "bygone"})
    lines = by_hand.by_hand(made, wire=wire, now=clock())
    assert [line.customer_id for line in lines] == people[1:]


@pytest.fixture
def left(app: Flask, shop: AShop, clock: Clock) -> ACustomer:
    """Somebody who left a cart, of which the shop reminds at once."""
    who = factories.a_customer(shop, phone=factories.a_number(), agrees="all")
    with write() as session:
        session.add(
            Automation(
                shop_id=shop.id, kind="cart_left", text="", is_on=True, delay_minutes=0, changed_at=clock()
            )
        )
    how = {"items": "원두 200g", "path": "/c/x", "now": clock()}
    cart_left.note(shop_id=shop.id, customer_id=who.id, at=clock(), **how)  # type: ignore[arg-type]
    return who


def carts(app: Flask, shop: AShop, clock: Clock) -> list[int]:
    lines = by_hand.by_hand(shop.id, wire=app.config["WIRE"], now=clock())
    return [line.customer_id for line in lines if line.label == "담아 둔 것 안내"]


def test_bought_since_it_lay_in_hand_it_is_not_offered(
    app: Flask, shop: AShop, clock: Clock, left: ACustomer
) -> None:
    deliver.drain(wire=app.config["WIRE"], clock=clock)
    assert carts(app, shop, clock) == [left.id]
    clock.advance(minutes=5)
    factories.a_stamp(shop, left.card_id)
    assert carts(app, shop, clock) == []


def test_bought_on_the_card_that_theirs_went_into_it_is_not_sent(
    app: Flask, shop: AShop, clock: Clock, left: ACustomer
) -> None:
    kept = factories.a_customer(shop, phone=factories.a_number(), agrees="all")
    clock.advance(minutes=5)
    join_two(shop, kept, left)
    clock.advance(minutes=5)
    factories.a_stamp(shop, kept.card_id)
    clock.set(clock() + timedelta(hours=1))
    deliver.drain(wire=app.config["WIRE"], clock=clock)
    assert [row.state for row in rows(kind="cart_left", channel="own_phone")] == ["cancelled"]
