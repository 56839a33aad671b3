"""After a restore: what is found to have gone out counts for the cap and the budget, as if it had never been lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import update

from app.extensions import db
from app.flows import restored
from app.flows.unit import write
from app.messages.models import AdGrant, Attempt, Message
from app.messages.way_models import Charge, MessageSettings, MonthSpending
from tests.messages.accounts import a_paying_shop, change, drain, spent, texts, thank_all
from tests.messages.test_restored import ask, back_in_time, mark
from tests.messages.world import thank
from tests.provider import Bench
from tests.world import Clock

__all__ = ("mark",)


def forget_the_day(mark: Path, clock: Clock) -> None:
    """The database is what it was before anything went: no attempt, no right, no cost."""
    with write() as session:
        for table in (Attempt, AdGrant, Charge, MonthSpending):
            session.query(table).delete()
        session.execute(
            update(Message)
            .where(Message.channel == "solapi")
            .values(state="ready", tries=0, fence=0, sent_at=None, text="", provider_id="", address_key="")
        )
    back_in_time()
    assert restored.look(mark=mark, now=clock()) == "surely"


def test_what_is_found_has_its_right_and_its_cost(app: Flask, clock: Clock, bench: Bench, mark: Path) -> None:
    shop = a_paying_shop(bench, clock)
    people = thank_all(shop, 2, clock)
    drain(app)
    assert spent(shop) == 100
    forget_the_day(mark, clock)
    drain(app)
    assert {row.state for row in texts(shop)} == {"unknown"}
    ask(app)
    assert [row.state for row in texts(shop)] == ["sent"] * 2
    assert db.session.query(AdGrant).count() == db.session.query(Charge).count() == 2
    assert spent(shop) == 100
    # A day later another ad to one of them waits for the cap.
    clock.advance(days=1, hours=1)
    thank(shop, people[0], clock, "visit:again")
    clock.advance(hours=2)
    drain(app)
    later = texts(shop, cause="visit:again")
    assert [row.code for row in later] == ["cap"]
    assert len(bench.taken()) == 2
    assert bench.doubles() == []


def test_what_never_came_takes_them_when_it_goes(app: Flask, clock: Clock, bench: Bench, mark: Path) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 2, clock)
    with write() as session:  # both to one person: only one of them may go
        first, second = session.query(Message).filter_by(channel="solapi").order_by(Message.id)
        second.customer_id, second.not_after = first.customer_id, clock() + timedelta(days=9)
    forget_the_day(mark, clock)
    drain(app)
    ask(app)
    assert db.session.query(AdGrant).count() == db.session.query(Charge).count() == 0
    assert spent(shop) == 0
    drain(app)
    assert sorted(row.state for row in texts(shop)) == ["ready", "sent"]
    assert [row.code for row in texts(shop, state="ready")] == ["cap"]
    assert len(bench.taken()) == 1
    assert spent(shop) == 50


def test_what_is_found_is_charged_also_beyond_the_budget_once(
    app: Flask, clock: Clock, bench: Bench, mark: Path
) -> None:
    """Yesterday's budget was full, or the owner has lowered it since: it went out and is paid for."""
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 3, clock)
    with write() as session:  # one of them had not gone yet
        last = session.query(Message).filter_by(channel="solapi", cause="visit:2").one()
        last.due_at = clock() + timedelta(minutes=30)
    drain(app)
    assert len(bench.taken()) == 2
    forget_the_day(mark, clock)
    change(MessageSettings, month_won=0)
    clock.advance(hours=1)
    drain(app)
    assert [(row.state, row.text[:4]) for row in texts(shop)] == [("unknown", "(광고)")] * 3
    assert spent(shop) == 0
    ask(app)
    ask(app)
    assert [row.state for row in texts(shop)] == ["sent", "sent", "ready"]
    drain(app)
    assert [(row.state, row.code) for row in texts(shop)][2] == ("suppressed", "budget")
    assert (spent(shop), db.session.query(Charge).count()) == (100, 2)
    assert {charge.message_id for charge in db.session.query(Charge)} == {row.id for row in texts(shop)[:2]}
    assert len(bench.taken()) == 2
