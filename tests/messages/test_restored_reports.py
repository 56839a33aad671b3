"""Delivery reports that meet a database put back from a backup: they prove that a letter went, and none goes again."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.extensions import db
from app.flows import reports, retention
from app.flows.unit import write
from app.messages.models import AdGrant, Message
from app.messages.way_models import Charge, DeliveryReport, MessageSettings
from tests.messages.accounts import a_paying_shop, change, drain, spent, texts, thank_all
from tests.messages.test_reports import tell
from tests.messages.test_restored import ask, mark
from tests.messages.test_restored_books import forget_the_day
from tests.messages.world import thank
from tests.provider import Bench
from tests.world import Clock

__all__ = ("mark",)


@pytest.fixture
def lost(app: Flask, clock: Clock, bench: Bench, mark: Path) -> tuple[int, str, int]:
    """A text that went out and that the database does not know of any more: its shop, its key, whose it is."""
    shop = a_paying_shop(bench, clock)
    (who,) = thank_all(shop, 1, clock)
    drain(app)
    forget_the_day(mark, clock)
    return shop, texts(shop)[0].provider_key, who


def test_a_report_before_anybody_asked_waits_and_then_moves_it_once(
    app: Flask, clock: Clock, bench: Bench, lost: tuple[int, str, int]
) -> None:
    shop, key, _ = lost
    assert tell(bench, shop, key, "e1", "4000", clock) == 0  # as the database has it, it still has to go
    assert texts(shop)[0].state == "ready"
    drain(app)
    assert texts(shop)[0].state == "unknown"
    assert [reports.apply_waiting(now=clock()) for _ in range(2)] == [1, 0]
    assert tell(bench, shop, key, "e1", "4000", clock) == 0  # the provider says it again
    ask(app)
    drain(app)
    (row,) = texts(shop)
    assert (row.state, row.code, row.sent_at) == ("delivered", "", clock())
    assert (len(bench.taken()), spent(shop)) == (1, 50)
    assert db.session.query(AdGrant).count() == db.session.query(Charge).count() == 1


def test_a_report_of_one_in_doubt_says_how_it_ended_and_charges_it_beyond_the_budget(
    app: Flask, clock: Clock, bench: Bench, lost: tuple[int, str, int]
) -> None:
    shop, key, _ = lost
    change(MessageSettings, month_won=0)
    drain(app)
    assert (texts(shop)[0].state, spent(shop)) == ("unknown", 0)
    assert tell(bench, shop, key, "e1", "3032", clock) == 1
    assert (texts(shop)[0].state, texts(shop)[0].code) == ("undelivered", "dead_phone")
    assert tell(bench, shop, key, "e2", "3032", clock) == 0
    ask(app)
    assert (len(bench.taken()), spent(shop), db.session.query(Charge).count()) == (1, 50, 1)


def test_another_shops_report_says_nothing_of_it(
    app: Flask, clock: Clock, bench: Bench, lost: tuple[int, str, int]
) -> None:
    shop, key, _ = lost
    other = a_paying_shop(bench, clock, "달빛커피")
    drain(app)
    assert tell(bench, other, key, "e1", "4000", clock) == 0
    assert reports.apply_waiting(now=clock()) == 0
    assert (texts(shop)[0].state, spent(other)) == ("unknown", 0)


def test_a_report_of_one_the_backup_does_not_know_waits_until_it_is_planned_anew(
    app: Flask, clock: Clock, bench: Bench, lost: tuple[int, str, int]
) -> None:
    shop, key, who = lost
    with write() as session:
        session.query(Message).filter_by(shop_id=shop).delete()
    assert tell(bench, shop, key, "e1", "4000", clock) == 0
    assert reports.apply_waiting(now=clock()) == 0
    thank(shop, who, clock, "visit:0")
    assert texts(shop)[0].provider_key == key
    assert reports.apply_waiting(now=clock()) == 0
    drain(app)
    assert reports.apply_waiting(now=clock()) == 1
    assert (texts(shop)[0].state, len(bench.taken()), spent(shop)) == ("delivered", 1, 50)


def test_one_that_never_is_keeps_no_other_report_back_and_goes_in_time(
    app: Flask, clock: Clock, bench: Bench, lost: tuple[int, str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, key, _ = lost
    monkeypatch.setattr(reports, "_AT_ONCE", 1)
    tell(bench, shop, "f" * 32, "e0", "4000", clock)
    clock.advance(seconds=1)
    tell(bench, shop, key, "e1", "4000", clock)
    drain(app)
    assert reports.apply_waiting(now=clock()) == 1
    clock.advance(days=400)
    retention.prune(now=clock())
    assert db.session.query(DeliveryReport).count() == 0
