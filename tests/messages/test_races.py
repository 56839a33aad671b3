"""Two at once, forced to meet at the worst line."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, update

from app.customers import actions as people
from app.customers import reaching
from app.customers.models import Customer
from app.extensions import db
from app.flows import deliver
from app.flows.unit import write
from app.messages import gather, recall, retries
from app.messages.channels import demo_phone
from app.messages.models import AdGrant, Message
from tests.messages.world import Provider, a_customer, a_shop, rows, thank
from tests.world import Clock, all_at_once


def test_a_sweep_between_looking_and_writing_gives_nothing_away(
    town: Flask, clock: Clock, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kill harness saw this one on PostgreSQL: both workers sent."""
    shop = a_shop()
    thank(shop, a_customer(shop), clock)
    clock.advance(hours=2)
    monkeypatch.setattr(retries, "CLAIM_LEASE_S", -1)
    look, wire = gather.fresh_facts, town.config["WIRE"]
    others: list[threading.Thread] = []
    looked: list[int] = []

    def another_worker() -> None:
        with town.app_context():
            deliver.sweep(now=clock())
            monkeypatch.setattr(retries, "CLAIM_LEASE_S", 60)
            deliver.drain(wire=wire, clock=clock)
            db.session.remove()

    def meet(session: Any, **of: Any) -> dict[str, Any]:
        looked.append(1)
        if len(looked) == 2:  # the first look is at the card's row, which nobody sends
            others.append(threading.Thread(target=another_worker))
            others[0].start()
            others[0].join(1.0)
        return look(session, **of)

    monkeypatch.setattr(gather, "fresh_facts", meet)
    deliver.drain(wire=wire, clock=clock)
    others[0].join(90)
    deliver.drain(wire=wire, clock=clock)
    assert len(provider.accepted) == 1
    assert rows(channel="demo_phone")[0].state == "sent"


def test_many_workers_send_each_letter_once(town: Flask, clock: Clock, provider: Provider) -> None:
    shop = a_shop()
    for number in range(30):
        thank(shop, a_customer(shop, phone=f"+8210777777{number:02d}"), clock, f"visit:{number}")
    clock.advance(hours=2)
    wire = town.config["WIRE"]

    def worker() -> None:
        for _ in range(12):
            deliver.drain(wire=wire, clock=clock, limit=7)

    assert all_at_once(town, [worker] * 4) == [None] * 4
    # What a worker put back for a moment, or left in its hands, comes round a minute later.
    with write() as session:
        session.query(Message).filter(Message.state.in_(["ready", "claimed"])).update({"lease_ms": 1})
    deliver.sweep(now=clock())
    worker()
    assert len(provider.accepted) == 30
    assert len(set(provider.taken_keys())) == 30
    assert {row.state for row in rows()} == {"sent"}


def test_two_ads_to_one_person_at_once_are_one(town: Flask, clock: Clock, provider: Provider) -> None:
    shop = a_shop()
    person = a_customer(shop)
    for day in range(4):
        thank(shop, person, clock, f"visit:{day}")
        clock.advance(days=1)
    with write() as session:
        session.query(Message).filter_by(channel="demo_phone").update(
            {"due_at": clock(), "not_after": clock()}
        )
    wire = town.config["WIRE"]
    all_at_once(town, [lambda: deliver.drain(wire=wire, clock=clock, limit=1)] * 6)
    for _ in range(4):
        deliver.drain(wire=wire, clock=clock)
    assert len(provider.accepted) == 1
    assert db.session.query(AdGrant).count() == 1


def test_cancelling_and_sending_at_once_never_wait_for_each_other(
    town: Flask, clock: Clock, provider: Provider
) -> None:
    shop = a_shop()
    people = [a_customer(shop, phone=f"+8210888888{number:02d}") for number in range(12)]
    for number, person in enumerate(people):
        thank(shop, person, clock, f"visit:{number}")
    clock.advance(hours=2)
    wire = town.config["WIRE"]

    def undo(person: int, number: int) -> Any:
        def work() -> None:
            with write() as session:
                from app.messages.actions.holding import lock_person

                lock_person(session, shop_id=shop, customer_id=person)
                recall.cancel(session, shop_id=shop, cause=f"visit:{number}", reason="적립 취소", now=clock())

        return work

    works = [undo(person, number) for number, person in enumerate(people)]
    works += [lambda: deliver.drain(wire=wire, clock=clock, limit=8)] * 3
    results = all_at_once(town, works)
    assert [fault for fault in results if isinstance(fault, Exception)] == []
    sent = {row.provider_key for row in rows(channel="demo_phone", state="sent")}
    assert sent == set(provider.taken_keys())


def test_no_transaction_is_open_while_the_provider_is_called(
    town: Flask, clock: Clock, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_shop()
    thank(shop, a_customer(shop), clock)
    clock.advance(hours=2)
    real, open_ones = demo_phone.send, []

    def watched(*call: Any) -> Any:
        open_ones.append(db.session().in_transaction())
        return real(*call)

    monkeypatch.setattr(demo_phone, "send", watched)
    deliver.drain(wire=town.config["WIRE"], clock=clock)
    assert open_ones == [False]


def test_a_dead_address_and_a_flow_over_many_people_take_them_in_one_order(app: Flask, clock: Clock) -> None:
    assert ["shop_id", "email"] in [
        each["column_names"] for each in inspect(db.engine).get_indexes("customers")
    ]
    shop = a_shop()
    first, second = (a_customer(shop, phone=f"+821011111{number}11") for number in (1, 2))
    for who in (second, first):  # as the table has them the first lies behind the second now
        with write() as session:
            session.execute(
                update(Customer)
                .where(Customer.shop_id == shop, Customer.id == who)
                .values(email="one@home.test", email_checked_at=clock())
            )
    has_first = threading.Event()

    def over_many() -> None:
        with write() as session:
            for who in (first, second):
                people.customer(session, shop_id=shop, customer_id=who, lock=True)
                has_first.set()
                time.sleep(0.3)

    def note() -> None:
        has_first.wait(60)
        with write() as session:
            reaching.note_dead_emails(session, shop_id=shop, emails=["one@home.test"], now=clock())

    assert all_at_once(app, [over_many, note]) == [None, None]
    assert set(db.session.scalars(db.select(Customer.email_failed_at))) == {clock()}


@pytest.mark.databases("postgres")
def test_an_ad_to_who_became_another_while_they_were_waited_for(
    town: Flask, clock: Clock, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A merge gave the letter to somebody whom this sender does not hold: two senders would count apart."""
    from app.messages.actions import sending

    shop = a_shop()
    gone, kept = (a_customer(shop, phone=f"+8210999999{number:02d}") for number in range(2))
    thank(shop, gone, clock)
    clock.advance(hours=2)
    real, wire = sending.lock_people, town.config["WIRE"]

    def merged_meanwhile(session: Any, **whose: Any) -> None:
        def merge() -> None:
            with write() as other:
                other.execute(update(Message).values(customer_id=kept))

        apart(town, merge)
        real(session, **whose)

    monkeypatch.setattr(sending, "lock_people", merged_meanwhile)
    deliver.drain(wire=wire, clock=clock)
    assert provider.accepted == []
    monkeypatch.setattr(sending, "lock_people", real)
    with write() as session:
        session.execute(update(Message).where(Message.state == "claimed").values(lease_ms=0))
    deliver.sweep(now=clock())
    deliver.drain(wire=wire, clock=clock)
    assert len(provider.accepted) == 1
    assert db.session.query(AdGrant.customer_id).scalar() == kept


def apart(app: Flask, work: Any) -> None:
    """Do something in a thread of its own, to its end."""

    def run() -> None:
        with app.app_context():
            work()
            db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(90)
