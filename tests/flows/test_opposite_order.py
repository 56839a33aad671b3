"""Two flows that want the same two cards, in opposite order: nobody is ended by the database."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.cards import checks
from app.cards.counter_models import CardCheck
from app.extensions import db
from app.flows import coupon_rules, personal, referral, spending, tier, undo, unit
from app.flows.unit import after_a_race, write
from app.referrals import queries as referrals
from tests import coupons, factories, world
from tests.factories import ACustomer, AShop
from tests.flows.test_referral import a_friend, an_inviter, balance, letters, switched_on, the_row
from tests.world import Clock


def until_somebody_waits(over: threading.Event | None = None) -> None:
    """Return as soon as a flow of the database waits for a row that another one holds, or `over` says it never will."""
    with db.engine.connect() as connection:
        for _ in range(3000):
            if over is not None and over.is_set():
                return
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


@pytest.mark.databases("postgres")
def test_a_look_at_a_person_keeps_no_letter_to_them_waiting(
    app: Flask, shop: AShop, jiwoo: ACustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, written, real = threading.Barrier(2), threading.Event(), checks.count_without_card
    now = factories.now()

    def held_up(**facts: Any) -> int:
        if "card_id" in facts:
            both.wait(
                60
            )  # card and staff are held; the letter holds the person, whom the line that follows names
            until_somebody_waits(over=written)
        return real(**facts)

    def looks() -> None:
        spending.note_check(
            shop_id=shop.id, card_id=jiwoo.card_id, staff_id=shop.owner_id, session_id=1,
            check=spending.Check("number"), now=now,
        )  # fmt: skip

    def writes() -> bool:
        both.wait(60)
        made = personal.save(
            shop_id=shop.id,
            staff_id=shop.owner_id,
            customer_id=jiwoo.id,
            text="우산을 두고 가셨어요",
            now=now,
        )
        written.set()
        return bool(made)

    monkeypatch.setattr(checks, "count_without_card", held_up)
    assert world.all_at_once(app, [looks, writes]) == [None, True]
    assert db.session.scalar(db.select(db.func.count(CardCheck.id))) == 1
