"""적립은 쉽게, 사용은 확인: what counts as the card being here, and what the staff may look at instead."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask

from app.cards import checks
from app.cards.counter_models import CardCheck
from app.cards.models import Redemption
from app.cards.rules import AlreadyUsed, ForeignCode, OldCode, OldPrint
from app.extensions import db
from app.flows import claim, redeem, sharing, spending, stamp
from app.flows.spending import Check, CheckedBefore, NotProven, PaperProvesNothing, TooManyChecks
from app.insights import till
from app.kit.refusals import Invalid, NotHere
from app.shops.rules import TooManyPins
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.world import Clock


def here(shop: AShop, customer: ACustomer) -> str:
    """Return how the holder of a card is known to have been checked."""
    db.session.rollback()
    return checks.how_checked(shop_id=shop.id, card_id=customer.card_id, now=factories.now())


def use(shop: AShop, reward_id: int) -> str:
    """Use a reward and return what the record says was looked at."""
    done = redeem.use_reward(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        reward_id=reward_id,
        once=factories.once(),
        now=factories.now(),
    )
    return str(db.session.scalar(db.select(Redemption.how).where(Redemption.id == done.redemption_id)))


def note(shop: AShop, customer: ACustomer, what: str = "number", **changes: Any) -> None:
    """Look at the person instead of the card, as the owner."""
    settings: dict[str, Any] = {
        "shop_id": shop.id,
        "card_id": customer.card_id,
        "staff_id": shop.owner_id,
        "session_id": 1,
        "check": Check(what),
        "now": factories.now(),
    }
    spending.note_check(**settings | changes)


def look(shop: AShop, code: str) -> int:
    """Scan a card without a stamp, as the owner."""
    return spending.look(
        shop_id=shop.id, staff_id=shop.owner_id, code=code, master=factories.master(), now=factories.now()
    )


@pytest.mark.parametrize("how", ["digits", "spoken", "more", "printed", "review"])
def test_earning_without_the_card_proves_nothing(shop: AShop, clock: Clock, how: str) -> None:
    holder, reward_id = factories.a_reward(shop)
    clock.advance(days=1)
    factories.a_stamp(shop, holder.card_id, how=how)
    assert here(shop, holder) == ""
    with pytest.raises(NotProven):
        use(shop, reward_id)
    books.check(shop)


@pytest.mark.parametrize(("via", "proves"), [("card", "live_card"), ("counter", "live_card"), ("kiosk", "")])
def test_a_claim_proves_the_card_when_its_holder_asked(
    shop: AShop, minho: ACustomer, clock: Clock, via: str, proves: str
) -> None:
    facts: dict[str, Any] = {"shop_id": shop.id, "once": factories.once(), "now": factories.now()}
    asked = claim.ask(**facts, card_id=minho.card_id, via=via)
    assert here(shop, minho) == "", "nobody has seen the word yet"
    claim.approve(**facts, claim_id=asked.claim_id, staff_id=shop.owner_id)
    assert here(shop, minho) == proves
    clock.advance(seconds=121)
    assert here(shop, minho) == ""


def test_a_claim_of_this_morning_is_no_card_at_noon(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    asked = factories.a_claim(shop, minho)
    clock.advance(hours=3)
    claim.approve(
        shop_id=shop.id,
        claim_id=asked.claim_id,
        staff_id=shop.owner_id,
        once=factories.once(),
        now=factories.now(),
    )
    assert here(shop, minho) == ""


def test_a_look_spends_the_code_and_stamps_nothing(shop: AShop, clock: Clock) -> None:
    holder, reward_id = factories.a_reward(shop)
    clock.advance(days=1)
    code = factories.a_code(holder)
    assert look(shop, code) == holder.card_id
    assert books.codes_spent(holder.card_id) == 1
    with pytest.raises(AlreadyUsed):
        look(shop, code)
    with pytest.raises(AlreadyUsed):
        scan(shop, code)
    assert use(shop, reward_id) == "live_card"
    books.check(shop)


def scan(shop: AShop, code: str) -> object:
    """Stamp by a code, as the owner."""
    return stamp.give(
        shop_id=shop.id, staff_id=shop.owner_id, once=factories.once(), now=factories.now(),
        master=factories.master(), how="scan", code=code,
    )  # fmt: skip


def test_what_is_no_live_card_is_no_look(
    shop: AShop, other_shop: AShop, minho: ACustomer, clock: Clock
) -> None:
    with pytest.raises(PaperProvesNothing):
        look(shop, factories.a_printed_code(minho))
    with pytest.raises(ForeignCode):
        look(shop, factories.a_code(factories.a_customer(other_shop)))
    old = factories.a_code(minho)
    clock.advance(seconds=91)
    with pytest.raises(OldCode):
        look(shop, old)
    assert here(shop, minho) == ""
    assert books.count("refuse", minho.card_id) == 1, "a picture of a card is written down"


def test_a_lost_paper_card_is_written_down(shop: AShop, minho: ACustomer) -> None:
    lost = factories.a_printed_code(minho)
    factories.a_printed_code(minho, seen=1)
    with pytest.raises(OldPrint):
        scan(shop, lost)
    assert books.count("refuse", minho.card_id) == 1
    books.check(shop)


def test_the_staff_may_look_once_a_day_for_a_card(shop: AShop, clock: Clock) -> None:
    holder, reward_id = factories.a_reward(shop)
    clock.advance(days=1)
    with pytest.raises(Invalid):
        note(shop, holder, "nothing")
    note(shop, holder)
    note(shop, holder)  # twice is once
    assert use(shop, reward_id) == "staff_check"
    assert db.session.scalar(db.select(db.func.count(CardCheck.id))) == 1
    clock.advance(seconds=121)
    with pytest.raises(CheckedBefore):
        note(shop, holder, "known")
    clock.advance(days=1)
    note(shop, holder, "known")
    [line] = checks.checks_without_card(shop_id=shop.id, since=factories.now(), card_id=holder.card_id)
    assert (line.what, line.staff_id, line.staff) == ("known", shop.owner_id, "김사장")


def test_one_person_looks_ten_times_a_day(shop: AShop) -> None:
    for _ in range(spending.CHECKS_PER_STAFF):
        note(shop, factories.a_customer(shop))
    with pytest.raises(TooManyChecks):
        note(shop, factories.a_customer(shop))
    someone = factories.a_staff(shop)
    last = factories.a_customer(shop)
    note(shop, last, staff_id=someone)
    # 마감 and the owner's home count every look, whatever was spent on it: points too.
    now = factories.now()
    found = till.hands(shop_id=shop.id, since=now, until=now + timedelta(days=1))
    assert {hand.staff_id: hand.checks for hand in found} == {shop.owner_id: 10, someone: 1}


def test_who_has_a_pin_types_it_and_guesses_are_counted(shop: AShop, minho: ACustomer) -> None:
    pin = factories.a_pin(shop, shop.owner_id)
    for wrong in ("", "0000", "1111", "2222"):
        with pytest.raises(Invalid):
            note(shop, minho, check=Check("number", wrong))
    with pytest.raises(TooManyPins):
        note(shop, minho, check=Check("number", "3333"))
    with pytest.raises(TooManyPins):
        note(shop, minho, check=Check("number", pin))
    sharing.set_pin(shop_id=shop.id, staff_id=shop.owner_id, pin=pin, by=shop.owner_id, now=factories.now())
    note(shop, minho, check=Check("number", pin))
    assert here(shop, minho) == "staff_check"


def test_looks_at_once_are_one(app: Flask, shop: AShop) -> None:
    people = [factories.a_customer(shop) for _ in range(2)]
    works: list[Any] = [partial(note, shop, who) for who in people for _ in range(6)]
    found = world.all_at_once(app, works)
    assert [each for each in found if each is not None] == []
    assert db.session.scalar(db.select(db.func.count(CardCheck.id))) == 2


def test_another_shops_card_is_not_there(shop: AShop, other_shop: AShop, minho: ACustomer) -> None:
    with pytest.raises(NotHere):
        note(other_shop, minho)
    note(shop, minho)
    assert here(other_shop, minho) == ""
