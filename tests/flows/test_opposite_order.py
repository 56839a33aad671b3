"""Two flows that want the same two cards, in opposite order: nobody is ended by the database."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.flows import coupon_rules, referral, tier, undo, unit
from app.flows.unit import after_a_race, write
from app.referrals import queries as referrals
from tests import coupons, factories, world
from tests.factories import AShop
from tests.flows.test_referral import a_friend, an_inviter, balance, letters, switched_on, the_row
from tests.world import Clock


def until_somebody_waits() -> None:
    """Return as soon as a flow of the database waits for a row that another one holds."""
    with db.engine.connect() as connection:
        for _ in range(3000):
            if connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar():
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.databases("postgres")
@pytest.mark.parametrize("what", ["at_first_visit", "take_back"])
def test_a_first_visit_and_who_holds_both_cards(
    app: Flask, shop: AShop, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    kind_id, now = coupons.a_kind(shop), factories.now()
    switched_on(shop)
    inviter, word = an_inviter(shop)
    friend = a_friend(shop, word)
    entry_id = factories.a_stamp(shop, friend.card_id).entry_id if what == "take_back" else 0
    both, real = threading.Barrier(2), getattr(referral, what)

    def held_up(session: Any, **facts: Any) -> None:
        both.wait(60)  # the friend's card is held; the other flow takes the inviter's and wants this one
        until_somebody_waits()
        real(session, **facts)

    def stamps() -> None:
        if what == "take_back":
            undo.undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=entry_id, now=now)
        else:
            factories.a_stamp(shop, friend.card_id, at=now)

    def gives() -> list[int]:
        both.wait(60)
        with write() as session:
            return coupon_rules.give_to(
                session, shop_id=shop.id, customer_ids=[friend.id, inviter.id], kind_id=kind_id, cause="list:1",
                now=now,
            )  # fmt: skip

    monkeypatch.setattr(referral, what, held_up)
    assert world.all_at_once(app, [stamps, gives]) == [None, [inviter.id, friend.id]]
    assert (balance(inviter), balance(friend)) == ((1, 0) if what == "take_back" else (3, 2))


def test_what_a_fault_left_behind_is_given_by_the_clock(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop)
    friend = a_friend(shop, word)
    with monkeypatch.context() as broken:
        broken.setattr(referral, "_settle", lambda **_facts: 1 / 0)
        factories.a_stamp(shop, friend.card_id)
    assert (balance(inviter), balance(friend), the_row(friend).inviter_is_due) == (1, 2, True)
    assert [referral.settle_due(shop_id=shop.id, now=clock.advance(minutes=9)) for _ in range(2)] == [1, 0]
    assert (balance(inviter), len(letters(inviter)), referrals.due_inviters(shop.id)) == (3, 1, [])


def test_nothing_follows_a_flow_that_was_rolled_back(app: Flask) -> None:
    ran: list[int] = []

    def breaks() -> None:
        with write() as session:
            unit.afterwards(session, lambda: ran.append(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks()
    with write() as session:
        unit.afterwards(session, lambda: ran.append(2))
        assert ran == []
    assert ran == [2]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("state", "runs"), [("40P01", 2), ("40001", 2), ("57P01", 1), (None, 1)])
def test_who_was_ended_for_another_goes_once_more(app: Flask, state: str | None, runs: int) -> None:
    fault, ran = Exception(), []
    fault.sqlstate = state  # type: ignore[attr-defined]

    def flow() -> str:
        ran.append(1)
        if len(ran) == 1:
            raise OperationalError("", {}, fault)
        return "done"

    if runs == 2:
        assert after_a_race(flow) == "done"
    else:
        with pytest.raises(OperationalError):
            after_a_race(flow)
    assert len(ran) == runs


@pytest.mark.databases("postgres")
def test_the_night_takes_its_cards_in_one_order(
    app: Flask, shop: AShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.flows import tier_rules

    tier_rules.switch(shop_id=shop.id, staff_id=shop.owner_id, is_on=True, now=factories.now())
    people = [factories.a_customer(shop).id for _ in range(3)]
    monkeypatch.setattr(tier.forecast, "to_move", lambda **_facts: people[::-1])
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FOR UPDATE" in statement and "FROM cards" in statement:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert tier.move_for(shop_id=shop.id, now=factories.now()) == 3
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert ["ORDER BY cards.id" in each for each in seen] == [True]
