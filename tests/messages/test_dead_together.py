"""Several numbers of one batch that are nobody's: their people are held in the order in which everybody holds people."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text

from app.customers.models import Customer
from app.extensions import db
from app.flows import deliver
from app.flows.unit import write
from app.messages import outbox, registry
from app.messages.actions.holding import lock_person
from app.messages.contract import Rejected
from tests.messages.accounts import a_paying_shop, texts
from tests.messages.world import a_customer
from tests.provider import Bench
from tests.world import Clock


def stands_in_line(engine: Engine) -> bool:
    """Whether anybody in this database waits for a lock that somebody else holds."""
    asked = text(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())"
    )
    with engine.connect() as connection:
        return bool(connection.scalar(asked))


@pytest.mark.databases("postgres")
def test_two_of_one_batch_and_somebody_who_holds_both(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_paying_shop(bench, clock)
    low, high = (a_customer(shop, phone=f"+8210777700{number:02d}") for number in range(2))
    for person in (high, low):  # written in the other order
        with write() as session:
            what: dict[str, Any] = {"kind": "thank_you", "cause": f"visit:{person}", "due_at": clock()}
            outbox.plan(session, shop_id=shop, customer_id=person, now=clock(), **what)
    nobody = [Rejected("1024", permanent=True, dead_address=True)] * 2
    monkeypatch.setattr(registry.channel("solapi"), "send", lambda *call: nobody)
    holds_low, may_go = threading.Event(), threading.Event()
    faults: list[Exception] = []

    def holding_both() -> None:
        with app.app_context():
            try:
                with write() as session:
                    lock_person(session, shop_id=shop, customer_id=low)
                    holds_low.set()
                    may_go.wait(60)
                    lock_person(session, shop_id=shop, customer_id=high)
            except Exception as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    other = threading.Thread(target=holding_both)

    def meet(*args: Any) -> None:
        # The first of them is held: who holds the other one comes now, and has it or stands in line for the first.
        if "UPDATE customers" in args[2] and other.ident is None:
            other.start()
            until = time.monotonic() + 60
            while not (holds_low.wait(0.02) or stands_in_line(db.engine) or time.monotonic() > until):
                pass
            may_go.set()

    event.listen(db.engine, "after_cursor_execute", meet)
    try:
        deliver.drain(wire=app.config["WIRE"], clock=clock)
    finally:
        event.remove(db.engine, "after_cursor_execute", meet)
        other.join(90)
    assert faults == []
    assert [row.code for row in texts(shop)] == ["dead_phone"] * 2
    assert db.session.query(Customer).filter_by(phone_failed_key="").count() == 0
