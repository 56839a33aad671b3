"""What more is given on some days and to some people, and what is handed over beside the card."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.cards import counter
from app.cards.rules import OverCap
from app.extensions import db
from app.flows import boosts, gifts, privacy, tier_rules
from app.flows.undo import undo_stamp
from app.kit.refusals import Invalid, NotHere
from app.messages.models import Message
from app.tiers import gifts as gift_reads
from app.tiers import queries
from app.tiers.boosts import boosts_of as boosts_now
from app.tiers.models import GiftGiven, TierChange, TierStanding
from app.tiers.rules import BoostRule, Level, Policy
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.flows.ladder import decide, own, stands, statements
from tests.world import Clock


def test_the_stamp_pays_for_tiers_only_where_they_are(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    def cost() -> int:
        clock.advance(days=1)
        db.session.rollback()
        with statements() as found:
            factories.a_stamp(shop, jiwoo.card_id)
        return len(
            [line for line in found if not line.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "PRAGMA"))]
        )

    factories.a_stamp(shop, jiwoo.card_id)
    bare = cost()
    boosts.make(
        **own(shop),
        rule=BoostRule("언젠가", 200, from_day=clock().date() + timedelta(days=300)),
        tier_id=None,
    )
    decide(shop, 1, 99)
    assert cost() <= bare + 3


def test_a_double_stamp_says_why_and_is_undone_whole(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    boost_id = boosts.make(**own(shop), rule=BoostRule("월요일은 두 배", 200, weekdays="0"), tier_id=None)
    done = factories.a_stamp(shop, jiwoo.card_id)
    assert done.balance == 2
    seen = counter.panel(shop_id=shop.id, card_id=jiwoo.card_id, now=clock())
    assert seen is not None and seen.last is not None
    assert (seen.last.entry_id, seen.last.boosted, seen.last.stamps) == (done.entry_id, "월요일은 두 배", 2)
    letter = db.session.scalar(db.select(Message.text).where(Message.cause == f"stamp:{done.entry_id}"))
    assert letter is not None and "도장 2개 찍었어요(2/10)" in letter
    books.check(shop)
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=done.entry_id, now=clock())
    assert books.stamps_on(jiwoo.card_id) == 0
    books.check(shop)
    clock.advance(days=1)
    assert factories.a_stamp(shop, jiwoo.card_id).balance == 1, "Tuesday"
    boosts.end(**own(shop), boost_id=boost_id)
    assert factories.the_shop(shop).uses == ""
    with pytest.raises(NotHere):
        boosts.end(**own(shop), boost_id=boost_id)


def test_a_boost_for_a_tier_is_for_those_who_stand_there(shop: AShop, clock: Clock) -> None:
    ids = decide(shop, 1, 2, 3)
    boosts.make(**own(shop), rule=BoostRule("단골 두 배", 200), tier_id=ids["단골"])
    new, regular = factories.a_customer(shop), factories.a_card_with(2, shop)
    tier_rules.save_rule(
        **own(shop), policy=Policy(), levels=[line.level for line in queries.tiers_of(shop.id)]
    )
    assert stands(regular) == ("단골", False)
    assert factories.a_stamp(shop, new.card_id).balance == 1
    assert factories.a_stamp(shop, regular.card_id).balance == 2 + 2
    tier_rules.switch(**own(shop), is_on=False)
    clock.advance(days=1)
    assert factories.a_stamp(shop, regular.card_id).balance == 5, "with tiers off it is nobody's"


def test_a_days_cap_lets_the_last_double_land_in_full(clock: Clock) -> None:
    shop = factories.a_shop(daily_cap=3)
    boosts.make(**own(shop), rule=BoostRule("두 배의 날", 200), tier_id=None)
    who = factories.a_customer(shop)
    for balance in (2, 4):
        assert factories.a_stamp(shop, who.card_id).balance == balance
        clock.advance(minutes=20)
    with pytest.raises(OverCap):
        factories.a_stamp(shop, who.card_id)
    books.check(shop)


def test_a_list_is_ticked_once_by_whoever_comes_first(app: Flask, shop: AShop, other_shop: AShop) -> None:
    ids = decide(shop, 1, 2)
    top = factories.a_card_with(2, shop, factories.a_customer(shop, name="하나"))
    factories.a_card_with(1, shop)
    tier_rules.save_rule(
        **own(shop), policy=Policy(), levels=[line.level for line in queries.tiers_of(shop.id)]
    )
    gift_id = gifts.open_list(**own(shop), name="설 선물", tier_id=ids["단골"])
    for wrong in (
        {"gift_id": gift_id, "customer_id": factories.a_customer(other_shop).id},
        {"gift_id": 999, "customer_id": top.id},
    ):
        with pytest.raises(NotHere):
            gifts.tick(**own(shop), **wrong, once=factories.once())
    works = [lambda: gifts.tick(**own(shop), gift_id=gift_id, customer_id=top.id, once=factories.once())] * 4
    results = world.all_at_once(app, works)
    done = [each for each in results if isinstance(each, gifts.Given)]
    assert len(done) == 1, results
    assert sum(isinstance(each, gifts.GivenBefore) for each in results) == 3
    line = gift_reads.list_of(shop_id=shop.id, gift_id=gift_id)
    assert line is not None and (line.people, line.given) == (1, 1)
    with pytest.raises(NotHere):
        gifts.take_back(**own(other_shop), given_id=done[0].id)
    for _ in range(2):  # twice is the same
        gifts.take_back(**own(shop), given_id=done[0].id)
    assert [
        one.name for one in gift_reads.people_on(shop_id=shop.id, gift_id=gift_id, waiting=True).lines
    ] == ["하나"]
    again = gifts.tick(**own(shop), gift_id=gift_id, customer_id=top.id, once="again-again")
    assert gifts.tick(**own(shop), gift_id=gift_id, customer_id=top.id, once="again-again") == again
    gifts.end_list(**own(shop), gift_id=gift_id)
    assert gift_reads.lists_of(shop.id) == []


def test_an_extra_is_noted_once_a_tap(shop: AShop, other_shop: AShop, jiwoo: ACustomer) -> None:
    once = factories.once()
    for _ in range(2):
        gifts.give_extra(**own(shop), card_id=jiwoo.card_id, what="쿠키 하나", once=once)
    lines = gift_reads.given_to(shop_id=shop.id, customer_id=jiwoo.id)
    assert [(line.what, line.staff, line.undone) for line in lines] == [("쿠키 하나", "김사장", False)]
    with pytest.raises(Invalid):
        gifts.give_extra(**own(shop), card_id=jiwoo.card_id, what=" ", once=factories.once())
    with pytest.raises(NotHere):
        gifts.give_extra(**own(other_shop), card_id=jiwoo.card_id, what="쿠키", once=factories.once())


def test_deleting_ones_data_forgets_tier_and_gifts(shop: AShop, jiwoo: ACustomer) -> None:
    decide(shop, 1, 2)
    factories.a_stamp(shop, jiwoo.card_id)
    gifts.give_extra(**own(shop), card_id=jiwoo.card_id, what="쿠키", once=factories.once())
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    for table in (TierStanding, TierChange, GiftGiven):
        assert db.session.scalar(db.select(db.func.count()).select_from(table)) == 0


def test_a_boost_that_is_over_costs_no_stamp_any_more(shop: AShop, clock: Clock) -> None:
    last = BoostRule("하루만", 200, to_day=clock().date())
    boosts.make(**own(shop), rule=last, tier_id=None)
    assert boosts.end_passed(shop_id=shop.id, now=clock()) == 0
    clock.advance(days=1)
    assert boosts.end_passed(shop_id=shop.id, now=clock()) == 1
    assert factories.the_shop(shop).uses == ""


def test_what_was_only_for_a_removed_lowest_tier_ends_with_it(shop: AShop) -> None:
    ids = decide(shop, 1, 2, 3)
    boosts.make(**own(shop), rule=BoostRule("새싹 두 배", 200), tier_id=ids["새싹"])
    gifts.open_list(**own(shop), name="설 선물", tier_id=ids["으뜸"])
    left = [Level(ids["단골"], "단골", 2), Level(0, "가족", 9)]
    tier_rules.save_rule(**own(shop), policy=Policy(), levels=left)
    assert boosts_now(shop.id, today=factories.now().date()) == [], "it must not become everybody's"
    assert [line.tier for line in gift_reads.lists_of(shop.id)] == ["단골"], "the one below takes it over"
    boosts.end_passed(shop_id=shop.id, now=factories.now())
    assert factories.the_shop(shop).uses == "tiers"
