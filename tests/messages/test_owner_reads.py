"""What home and 보내기 ask of the database with every look: few questions, and each of them served by an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.extensions import db
from app.flows import deliver
from app.flows.unit import write
from app.messages import by_hand, hand_rules, queries
from app.messages.contract import Wire
from app.messages.models import Message
from tests.messages.world import a_customer, a_shop, thank
from tests.world import Clock


@pytest.fixture
def wire(town: Flask) -> Wire:
    return replace(town.config["WIRE"], public_url="https://dangol.test")


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Note the SELECTs, each with its values."""
    run: list[tuple[str, Any]] = []

    def note(*args: Any) -> None:
        if args[2].lstrip().startswith("SELECT"):
            run.append((args[2], args[3]))

    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def staged(clock: Clock, wire: Wire, people: int) -> int:
    """A real shop with thank-yous that wait for the owner's tap; returns the shop."""
    shop = a_shop("한빛미용실", is_demo=False)
    for number in range(people):
        thank(
            shop,
            a_customer(shop, f"손님{number}", phone=f"+8210555566{number:02d}"),
            clock,
            f"visit:{number}",
        )
    clock.advance(hours=2)
    deliver.drain(wire=wire, clock=clock)
    return shop


def test_a_long_queue_costs_no_more_questions(
    town: Flask, clock: Clock, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_rules, "HAND_MINUTE", 8 * 60)
    shop = staged(clock, wire, 15)
    with asked() as run:
        assert by_hand.waiting_now(shop, wire=wire, now=clock()) == 5
    assert len(run) <= 9, [statement for statement, _values in run]
    with asked() as run:
        assert len(by_hand.by_hand(shop, wire=wire, now=clock(), limit=15)) == 15
    assert len(run) <= 6, [statement for statement, _values in run]


@pytest.mark.databases("sqlite")
def test_what_waits_and_what_is_blocked_come_from_an_index(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = staged(clock, wire, 3)
    with write() as session:  # a shop with years behind it, the only one of its database
        mine = db.select(Message.__table__).where(Message.channel == "own_phone").limit(1)
        one = dict(session.execute(mine).mappings().one())
        del one["id"]
        then = clock() - timedelta(days=300)
        one |= {"state": "delivered", "staged_at": None, "due_at": then, "created_at": then}
        keys = [{"dedupe_key": f"old:{n}", "provider_key": f"old:{n}"} for n in range(3000)]
        session.execute(db.insert(Message), [{**one, **each} for each in keys])
        session.execute(db.text("PRAGMA analysis_limit = 0"))
        session.execute(db.text("ANALYZE"))
    db.session.remove()
    db.engine.dispose()  # an open connection keeps the statistics it once read
    reads: list[Callable[[], Any]] = [
        lambda: queries.outlook(shop, now=clock()),
        lambda: by_hand.waiting_now(shop, wire=wire, now=clock()),
    ]
    plans = []
    for read in reads:
        with asked() as run:
            read()
        for statement, values in run:
            if "FROM messages" in statement:
                plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                plans += [row[-1] for row in plan if " messages" in row[-1]]
    assert len(plans) >= 4
    served = (
        "ix_messages_open (state=?",
        "ix_messages_shop_channel_state (shop_id=? AND channel=? AND state=?",
    )
    assert [plan for plan in plans if not any(index in plan for index in served)] == []
