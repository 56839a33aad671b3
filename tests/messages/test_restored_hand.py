"""After a restore texts that the owner sent from their own phone wait again: they are told so, until they looked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.flows import hand_day, restored
from app.flows.unit import write
from app.messages import by_hand
from app.messages.models import ClockLease, Message
from app.messages.way_models import MessageSettings, Restore
from tests import world
from tests.messages.test_restored import back_in_time, mark
from tests.messages.world import a_customer, a_shop, thank
from tests.world import Clock

__all__ = ("mark",)


def one_waits(shop: int, clock: Clock, *, due_in: float = 0.0) -> None:
    """Let one text wait in the shop's by-hand queue."""
    person = a_customer(shop, phone=f"+8210666600{shop:02d}")
    thank(shop, person, clock, f"visit:{person}")
    with write() as session:
        due = clock() + timedelta(hours=due_in)
        waiting = {"channel": "own_phone", "state": "ready", "staged_at": clock(), "due_at": due}
        session.query(Message).filter_by(customer_id=person, channel="own_phone").update(waiting)


def put_back(mark: Path, clock: Clock) -> datetime:
    """Put yesterday's backup back; returns when it was made."""
    back_in_time()
    assert restored.look(mark=mark, now=clock()) == "surely"
    db.session.rollback()
    return datetime.fromtimestamp(db.session.scalars(select(ClockLease.seen_ms)).one() / 1000, UTC)


def test_the_owner_is_told_until_they_looked(app: Flask, clock: Clock, mark: Path) -> None:
    shop, other = a_shop(is_demo=False), a_shop("봄날커피", is_demo=False)
    for each in (shop, other):
        one_waits(each, clock)
    assert by_hand.backup_put_back(shop, now=clock()) is None
    made_at = put_back(mark, clock)
    clock.advance(hours=1)
    assert [by_hand.backup_put_back(each, now=clock()) for each in (shop, other)] == [made_at] * 2
    assert (
        world.all_at_once(app, [lambda: hand_day.note_checked(shop_id=shop, now=clock())] * 2) == [None] * 2
    )
    assert [by_hand.backup_put_back(each, now=clock()) for each in (shop, other)] == [None, made_at]
    assert db.session.query(MessageSettings).count() == 1
    clock.advance(hours=1)
    put_back(mark, clock)  # once more, from an older one
    assert by_hand.backup_put_back(shop, now=clock()) is not None


@pytest.mark.parametrize("why", ["old", "perhaps", "nothing", "later", "short_rest"])
def test_otherwise_nothing_is_said(app: Flask, clock: Clock, mark: Path, why: str) -> None:
    shop = a_shop(is_demo=False)
    if why != "nothing":
        one_waits(shop, clock, due_in=2 if why == "later" else 0)
    if why != "short_rest":
        put_back(mark, clock)
    if why == "perhaps":  # off over night, as every night
        with write() as session:
            session.query(Restore).update({"is_sure": False})
    clock.advance(days=3 if why == "old" else 0, hours=3)
    assert by_hand.backup_put_back(shop, now=clock()) is None


def test_what_was_noted_of_restores_is_kept_as_long_as_it_is_asked_for(clock: Clock, mark: Path) -> None:
    put_back(mark, clock)
    clock.advance(days=2)
    put_back(mark, clock)
    assert db.session.query(Restore).count() == 2
    clock.advance(days=3)
    put_back(mark, clock)
    assert db.session.query(Restore).count() == 2
