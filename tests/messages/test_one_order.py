"""Results, reports and sweeps meet on the same rows: nobody waits in a circle, and a lost race is one repeat."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.customers import reaching
from app.extensions import db
from app.flows import deliver, reminders, reports
from app.flows.unit import write
from app.messages import outbox
from app.messages.actions import claims, holding, recording, reporting, sending
from app.messages.actions.claims import Sending
from app.messages.contract import Accepted, Outcome, Rejected, Report
from app.messages.models import Message
from app.messages.way_models import DeliveryReport, SendTally
from tests import world
from tests.messages.accounts import a_paying_shop, change, drain, spent, texts, thank_all
from tests.messages.test_reports import tell
from tests.messages.world import a_customer, a_shop
from tests.provider import Bench
from tests.world import Clock

# So long the first one waits for the second: as it should be the second never comes, it waits for a row.
_MEET_S = 0.6


class Meeting:
    """Two flows wait for each other in the middle, once each."""

    def __init__(self) -> None:
        self._both, self._been = threading.Barrier(2), threading.local()

    def come(self) -> None:
        """Wait for the other one, or go on alone after a while."""
        if not hasattr(self._been, "here"):
            self._been.here = True
            with suppress(threading.BrokenBarrierError):
                self._both.wait(_MEET_S)


@contextmanager
def meeting_after(*where: tuple[str, str]) -> Iterator[None]:
    """Let two flows meet after the first statement that begins so and speaks of such a value ("" = any)."""
    meeting = Meeting()

    def look(_conn: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if any(statement.startswith(begins) and about in str(values) for begins, about in where):
            meeting.come()

    event.listen(db.engine, "after_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(db.engine, "after_cursor_execute", look)


def on_the_wire(app: Flask, clock: Clock) -> list[Sending]:
    """Claim what is due by text and write its attempts, as before the call."""
    holds = [hold for hold in deliver.claim_due(now=clock()) if hold.channel == "solapi"]
    with write() as session:
        begun = sending.begin(
            session, holds, wire=app.config["WIRE"], opt_out_links=reaching.opt_out_links, now=clock()
        )
    return begun.going


def saying(clock: Clock, said: list[tuple[Sending, Outcome]]) -> Callable[[], Any]:
    def record() -> None:
        with write() as session:
            recording.record(session, said, jitter=lambda: 0.5, now=clock())

    return record


@pytest.mark.databases("postgres")
def test_a_result_and_a_report_count_two_kinds_in_one_order(app: Flask, clock: Clock, bench: Bench) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 4, clock)
    first, second, third, fourth = texts(shop)
    with write() as session:  # came_back is sorted before thank_you, and stands behind it in the table
        session.query(Message).filter(Message.id.in_((first.id, second.id))).update({"state": "sent"})
    going = on_the_wire(app, clock)
    assert [one.hold.id for one in going] == [third.id, fourth.id]
    with write() as session:
        session.query(Message).filter(Message.id.in_((second.id, fourth.id))).update({"kind": "come_back"})
    kinds = ("thank_you", "come_back")
    said: list[tuple[Sending, Outcome]] = [
        (Sending(one.hold, one.letter, kind, one.cause), Accepted("P1"))
        for one, kind in zip(going, kinds, strict=True)
    ]
    told = [Report(f"e{place}", row.provider_key, False) for place, row in enumerate((first, second))]

    def reported() -> None:
        with write() as session:
            kept = reporting.keep(session, shop_id=shop, provider="solapi", reports=told, now=clock())
            reporting.apply(session, kept, now=clock())

    with meeting_after(("INSERT INTO send_tallies", "")):
        assert world.all_at_once(app, [reported, saying(clock, said)]) == [None, None]
    assert [row.state for row in texts(shop)] == ["undelivered", "undelivered", "sent", "sent"]
    counted = {row.what: (row.tried, row.failed) for row in db.session.query(SendTally)}
    assert counted == {"thank_you": (1, 1), "come_back": (1, 1)}


@pytest.mark.databases("postgres")
def test_a_result_takes_all_its_messages_before_it_gives_a_cost_back(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    """A late sender writes down what it heard while the sweep takes its rows away."""
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 3, clock)
    refused, late, stale = on_the_wire(app, clock)
    with write() as session:
        old = {"state": "ready", "not_after": clock() - timedelta(hours=1)}
        session.query(Message).filter_by(id=stale.hold.id).update(old)
        session.query(Message).filter_by(id=late.hold.id).update({"lease_ms": 0})
    said: list[tuple[Sending, Outcome]] = [(one, Rejected("no", permanent=True)) for one in (refused, late)]

    def swept() -> None:
        with write() as session:
            claims.sweep(session, now=clock())

    with meeting_after(("UPDATE month_spendings", ""), ("UPDATE messages", "'unknown'")):
        assert world.all_at_once(app, [saying(clock, said), swept]) == [None, None]
    states = [row.state for row in texts(shop)]
    assert (states[0], states[2]) == ("failed", "expired")
    assert (states[1], spent(shop)) in (("failed", 0), ("unknown", 50))  # whoever came first


@pytest.mark.databases("postgres")
@pytest.mark.parametrize("about", ["ends", "rebuy"])
def test_reminders_take_their_people_by_their_ids(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch, about: str
) -> None:
    shop = a_shop()
    first, second = (a_customer(shop, phone=f"+821055550{number}00") for number in (1, 2))
    end = clock() + timedelta(days=30)
    if about == "ends":
        found: Any = [reminders.EndsSoon(who, who, "stamp", end.date(), 3, end) for who in (second, first)]
    else:
        found = [reminders.UsedUp(who, who, who, "원두") for who in (second, first)]
    meeting, real = Meeting(), outbox.plan

    def plan(*args: Any, **facts: Any) -> Any:
        done = real(*args, **facts)
        meeting.come()
        return done

    def reminded() -> int:
        if about == "ends":
            return reminders._tell_ends(shop, found, 30, clock())
        return reminders._greet(shop, found, clock())

    def taken() -> None:
        with write() as session:
            holding.lock_person(session, shop_id=shop, customer_id=first)
            meeting.come()
            holding.lock_person(session, shop_id=shop, customer_id=second)

    monkeypatch.setattr(outbox, "plan", plan)
    assert world.all_at_once(app, [reminded, taken]) == [2, None]


# --- a lost race is one repeat -----------------------------------------------------------------------


def losing_once(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> list[str]:
    """Let PostgreSQL end the first run of a step; returns the runs."""
    real, runs = getattr(where, name), []

    def step(*args: Any, **facts: Any) -> Any:
        runs.append(name)
        done = real(*args, **facts)
        if len(runs) == 1:
            fault = Exception()
            fault.sqlstate = "40P01"  # type: ignore[attr-defined]
            raise OperationalError("", {}, fault)
        return done

    monkeypatch.setattr(where, name, step)
    return runs


@pytest.mark.parametrize(
    ("where", "name"), [(claims, "claim"), (sending, "begin"), (recording, "record"), (claims, "sweep")]
)
def test_a_sender_that_loses_a_race_sends_once(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 2, clock)
    runs = losing_once(monkeypatch, where, name)
    deliver.sweep(now=clock())
    drain(app)
    assert len(runs) == 2
    assert [row.state for row in texts(shop)] == ["sent", "sent"]
    assert len(bench.taken()) == 2
    assert (bench.doubles(), spent(shop)) == ([], 100)


def test_a_look_up_and_a_report_that_lose_a_race_are_repeated(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 1, clock)
    bench.moody.play("lost")
    drain(app)
    (row,) = texts(shop)
    assert row.state == "unknown"
    change(Message, lease_ms=0)
    settled = losing_once(monkeypatch, recording, "settle")
    assert deliver.look_up_unknown(wire=app.config["WIRE"], clock=clock) == 1
    assert (len(settled), texts(shop)[0].state) == (2, "sent")
    with write() as session:  # its report came while it was on the wire
        session.query(Message).filter_by(id=row.id).update({"state": "sending"})
    assert tell(bench, shop, row.provider_key, "e1", "4000", clock) == 0
    with write() as session:
        session.query(Message).filter_by(id=row.id).update({"state": "sent"})
    applied = losing_once(monkeypatch, reporting, "apply")
    assert reports.apply_waiting(now=clock()) == 1
    assert (len(applied), texts(shop)[0].state) == (2, "delivered")
    assert db.session.query(DeliveryReport).one().applied_at == clock()
