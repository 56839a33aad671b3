"""A card on paper earns like any other, dies when it is made anew, and proves nothing at the till."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.cards import counter
from app.cards.models import Card, LedgerEntry
from app.cards.rules import (
    ForeignCode,
    ForgedPrint,
    OldCode,
    OldPrint,
    OverCap,
    TooSoon,
    UnknownCode,
)
from app.customers.models import Customer
from app.extensions import db
from app.flows import printed, privacy
from app.flows.stamp import Stamped
from app.kit.refusals import Invalid, NotHere
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.flows.test_stamp import scan
from tests.world import Clock


def make(shop: AShop, count: str, once: str) -> str:
    """Press 새 종이 카드 만들기."""
    return printed.make_cards(
        shop_id=shop.id, count=count, once=once, master=factories.master(), now=factories.now()
    )


def cards_of(shop: AShop, batch: str) -> list[counter.PrintedCard]:
    """Return the cards of a sheet."""
    refs = printed.refs_of(factories.master(), shop_id=shop.id, batch=batch)
    return counter.printed_cards(shop_id=shop.id, refs=refs)


def how_of(done: Stamped) -> str:
    """Return how a stamp was given."""
    db.session.rollback()
    return str(db.session.scalar(db.select(LedgerEntry.how).where(LedgerEntry.id == done.entry_id)))


def test_the_paper_earns_and_is_never_the_live_card(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    code = factories.a_printed_code(minho)
    done = scan(shop, f" {code.lower()} ")
    assert (done.balance, done.repeated, how_of(done)) == (1, False, "printed")
    assert books.codes_spent(minho.card_id) == 0
    seen = counter.panel(shop_id=shop.id, card_id=minho.card_id, now=clock())
    assert seen is not None
    assert not seen.proof
    clock.advance(hours=1)  # the same paper again, another visit
    assert scan(shop, code).balance == 2
    books.check(shop)


def test_all_limits_hold_for_paper(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    code = factories.a_printed_code(minho)
    first = scan(shop, code, once="the-same-key")
    assert scan(shop, code).repeated, "within seconds it is the same tap"
    clock.advance(seconds=30)
    for how in ("scan", "more", "claim"):  # what the form says about a code changes nothing
        with pytest.raises(TooSoon):
            scan(shop, code, how=how)
    assert scan(shop, code, once="the-same-key").entry_id == first.entry_id
    for _ in range(4):
        clock.advance(minutes=11)
        scan(shop, code)
    clock.advance(minutes=11)
    with pytest.raises(OverCap):
        scan(shop, code)
    assert books.stamps_on(minho.card_id) == 5
    books.check(shop)


def test_what_is_not_this_card_today_stamps_nothing(
    shop: AShop, other_shop: AShop, minho: ACustomer, jiwoo: ACustomer
) -> None:
    never = printed.code_on(
        factories.master(),
        shop_id=shop.id,
        card_id=jiwoo.card_id,
        ref=factories.a_card(jiwoo.card_id).ref,
        version=1,
    )
    foreign = factories.a_printed_code(factories.a_customer(other_shop))
    old = factories.a_printed_code(minho)
    new = factories.a_printed_code(minho, seen=1)
    mixed = ".".join((*never.split(".")[:2], new.split(".")[2]))
    for code, refused in (
        (never, ForgedPrint),
        (mixed, ForgedPrint),
        (foreign, ForeignCode),
        (old, OldPrint),
        (new[:-1], UnknownCode),
        ("P1.", UnknownCode),
    ):
        with pytest.raises(refused) as told:
            scan(shop, code)
        assert type(told.value) is refused
    assert issubclass(OldPrint, OldCode)
    assert books.stamps_on(minho.card_id) == books.stamps_on(jiwoo.card_id) == 0
    assert scan(shop, new).balance == 1
    with pytest.raises(ForeignCode):
        scan(other_shop, new)


def test_a_deleted_persons_paper_is_nobodys(shop: AShop, minho: ACustomer) -> None:
    code = factories.a_printed_code(minho)
    privacy.erase(shop_id=shop.id, customer_id=minho.id, now=factories.now())
    with pytest.raises(ForeignCode):
        scan(shop, code)


def test_new_cards_are_made_once_a_key(shop: AShop, other_shop: AShop) -> None:
    batch = make(shop, "3", "one-press-one-sheet")
    assert make(shop, "3", "one-press-one-sheet") == make(shop, "9", "one-press-one-sheet") == batch
    made = cards_of(shop, batch)
    assert [(card.version, card.goal, card.reward_name) for card in made] == [(1, 10, "아메리카노 한 잔")] * 3
    assert len({card.spoken for card in made}) == 3
    people = list(db.session.scalars(db.select(Customer).where(Customer.shop_id == shop.id)))
    assert [(each.source, each.name, each.phone) for each in people] == [("printed", "", None)] * 3
    code = printed.code_on(
        factories.master(), shop_id=shop.id, card_id=made[0].card_id, ref=made[0].ref, version=1
    )
    assert scan(shop, code).balance == 1
    assert [match.card_id for match in counter.lookup(shop_id=shop.id, typed=made[0].spoken)] == [
        made[0].card_id
    ]
    # The same key in another shop is another sheet, and a sheet's name opens nothing there.
    assert make(other_shop, "1", "one-press-one-sheet") != batch
    assert cards_of(other_shop, batch) == []


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("count", ["", "0", "11", "-1", "1.5", "하나", "٣", "1000000000000"])
def test_a_count_that_is_none_is_refused(shop: AShop, count: str) -> None:
    with pytest.raises(Invalid) as told:
        make(shop, count, factories.once())
    assert "count" in told.value.fields


def test_eight_presses_at_once_are_one_sheet(app: Flask, shop: AShop) -> None:
    once = factories.once()
    found = world.all_at_once(app, [lambda: make(shop, "4", once)] * 8)
    assert len(set(found)) == 1, found
    assert db.session.scalar(db.select(db.func.count(Card.id)).where(Card.shop_id == shop.id)) == 4
    assert db.session.scalar(db.select(db.func.count(Customer.id)).where(Customer.shop_id == shop.id)) == 4


def test_twelve_scans_of_one_paper_at_once_are_one_stamp(app: Flask, shop: AShop, minho: ACustomer) -> None:
    code = factories.a_printed_code(minho)
    found: list[Any] = world.all_at_once(app, [lambda: scan(shop, code)] * 12)
    assert [each for each in found if not isinstance(each, Stamped)] == []
    assert books.stamps_on(minho.card_id) == 1
    books.check(shop)


def test_a_lost_card_is_made_anew_once_a_press(
    app: Flask, shop: AShop, other_shop: AShop, minho: ACustomer
) -> None:
    def press(seen: int) -> None:
        printed.print_for(shop_id=shop.id, customer_id=minho.id, seen=seen)

    press(0)
    press(0)  # the same press again
    assert factories.a_card(minho.card_id).print_version == 1
    assert world.all_at_once(app, [lambda: press(1)] * 6) == [None] * 6
    assert factories.a_card(minho.card_id).print_version == 2
    with pytest.raises(NotHere):
        printed.print_for(shop_id=other_shop.id, customer_id=minho.id, seen=2)
    assert factories.a_card(minho.card_id).print_version == 2
