"""Points, stages, ends and refunds: what is done once, what is refused, what is explained."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.cards import drift
from app.cards.actions import ledger
from app.cards.lines import card_lines
from app.cards.models import Card, LedgerEntry, Lot, Reward
from app.cards.promises import PointsShort, PointsUnderLeast
from app.cards.rules import NothingToUndo
from app.extensions import db
from app.flows import amount, expiry, free_stamps, points, redeem, refund
from app.flows import shop as shop_flow
from app.flows.points import Spent
from app.flows.undo import undo_stamp
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.messages.models import Message
from app.shops.models import Shop
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.world import Clock


def a_shop(**more: Any) -> AShop:
    """A shop with points and no limits."""
    return factories.a_shop(**{"point_permille": 10, **factories.no_limits(), **more})


def spend(shop: AShop, holder: ACustomer, wanted: int | None, **changes: Any) -> Spent:
    """Take points off a card as the owner, the card being there."""
    facts: dict[str, Any] = {
        "shop_id": shop.id, "staff_id": shop.owner_id, "card_id": holder.card_id, "points": wanted,
        "once": factories.once(), "now": factories.now(),
    }  # fmt: skip
    facts |= changes
    if facts["shop_id"] == holder.shop_id:
        factories.show_card(holder.card_id, shop=shop, at=facts["now"])
    return points.spend(**facts)


def give(holder: ACustomer, stamps: int, once: str | None = None) -> int | None:
    """Give stamps that nobody pressed at the counter."""
    with write() as session:
        found = ledger.card(session, shop_id=holder.shop_id, where=Card.id == holder.card_id, lock=True)
        assert found is not None
        return free_stamps.give(
            session, card=found[0], rule=found[1], stamps=stamps, how="referral",
            once=once or factories.once(), now=factories.now(),
        )  # fmt: skip


def rewards_of(holder: ACustomer) -> list[tuple[str, int, int, bool]]:
    """Return the standing rewards: (name, round, stage, used)."""
    db.session.rollback()
    rows = db.session.scalars(
        db.select(Reward)
        .where(Reward.card_id == holder.card_id, Reward.withdrawn_at.is_(None))
        .order_by(Reward.id)
    )
    return [(row.name, row.round, row.stage, row.used_at is not None) for row in rows]


def test_points_are_earned_spent_and_given_back(app: Flask) -> None:
    shop = a_shop(point_visit=20, point_least=50)
    holder = factories.a_customer(shop)
    factories.a_stamp(shop, holder.card_id, amount=12_900)
    factories.a_stamp(shop, holder.card_id, amount=1_000, how="more")  # the same visit
    assert factories.a_card(holder.card_id).points == 129 + 20 + 10
    for wrong, refusal in ((49, PointsUnderLeast), (160, PointsShort), (0, Invalid), (None, Invalid)):
        with pytest.raises(refusal):
            spend(shop, holder, wrong)
    once = factories.once()
    first, again = spend(shop, holder, 100, once=once), spend(shop, holder, 100, once=once)
    assert (first.left, first.repeated, again.entry_id, again.repeated) == (59, False, first.entry_id, True)
    back = {"shop_id": shop.id, "staff_id": shop.owner_id, "entry_id": first.entry_id, "now": factories.now()}
    assert points.undo_spend(**back) == holder.card_id
    with pytest.raises(NothingToUndo):
        points.undo_spend(**back)
    assert factories.a_card(holder.card_id).points == 159
    assert [line.points_now for line in card_lines(shop_id=shop.id, card_id=holder.card_id)] == [
        159,
        59,
        159,
        149,
    ]
    books.check(shop)
    assert drift.drifts(shop_id=shop.id) == []


def test_twenty_at_once_spend_what_there_is(app: Flask) -> None:
    shop = a_shop()
    holder = factories.a_customer(shop)
    factories.a_stamp(shop, holder.card_id, amount=25_000)
    now = factories.now()
    done = world.all_at_once(app, [lambda: spend(shop, holder, 100, now=now, once=factories.once())] * 20)
    assert sum(isinstance(each, Spent) for each in done) == 2
    assert {type(each) for each in done} == {Spent, PointsShort}
    assert factories.a_card(holder.card_id).points == 50
    once = factories.once()
    done = world.all_at_once(app, [lambda: spend(shop, holder, 50, now=now, once=once)] * 5)
    assert sorted(each.repeated for each in done) == [False, True, True, True, True]


def test_another_shops_card_and_points_do_not_exist(app: Flask) -> None:
    shop, other = a_shop(name="우리"), a_shop(name="옆집")
    theirs = factories.a_customer(other)
    stamped = factories.a_stamp(other, theirs.card_id, amount=50_000)
    spent = spend(other, theirs, 10)
    visit = db.session.scalar(db.select(LedgerEntry.visit_id).where(LedgerEntry.id == stamped.entry_id))
    by = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    with pytest.raises(NotHere):
        spend(shop, theirs, 10)
    with pytest.raises(NothingToUndo):
        points.undo_spend(**by, entry_id=spent.entry_id)
    with pytest.raises(NotHere):
        refund.refund(**by, visit_id=int(visit or 0))


def test_several_at_once_fill_and_the_rest_begins_the_next_card(app: Flask) -> None:
    shop = a_shop(goal=3, stages=[[2, "사이즈업"]])
    holder = factories.a_customer(shop)
    once = factories.once()
    assert give(holder, 8, once) is not None
    assert give(holder, 8, once) is None, "the same key gives nothing twice"
    card = factories.a_card(holder.card_id)
    assert (card.balance, card.round) == (2, 3)
    full = "아메리카노 한 잔"
    assert rewards_of(holder) == [
        ("사이즈업", 1, 2, False), (full, 1, 0, False), ("사이즈업", 2, 2, False), (full, 2, 0, False),
        ("사이즈업", 3, 2, False),
    ]  # fmt: skip
    kinds = db.session.scalars(db.select(Message.kind).where(Message.customer_id == holder.id))
    assert sorted(set(kinds)) == ["reward_ready", "stage_ready"]
    books.check(shop)


def test_a_stage_comes_once_a_card(app: Flask) -> None:
    shop = a_shop(goal=10, stages=[[2, "사이즈업"]])
    holder = factories.a_customer(shop)
    by: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    stamps = [factories.a_stamp(shop, holder.card_id, how="more") for _ in range(2)]
    undo_stamp(**by, entry_id=stamps[1].entry_id)
    assert rewards_of(holder) == [], "nobody used it: it goes with its stamp"
    again = factories.a_stamp(shop, holder.card_id, how="more")
    assert rewards_of(holder) == [("사이즈업", 1, 2, False)]
    reward_id = db.session.scalar(db.select(db.func.max(Reward.id)).where(Reward.card_id == holder.card_id))
    redeem.use_reward(**by, reward_id=int(reward_id or 0), once=factories.once(), how="live_card")
    undo_stamp(**by, entry_id=again.entry_id)
    factories.a_stamp(shop, holder.card_id, how="more")
    assert rewards_of(holder) == [("사이즈업", 1, 2, True)], "used: not given twice"
    assert drift.drifts(shop_id=shop.id) == []


def test_a_card_keeps_its_rule_until_it_is_full_and_gets_it_back(app: Flask) -> None:
    shop = a_shop(goal=2, reward_name="쿠키")
    holder = factories.a_customer(shop)
    first = factories.a_stamp(shop, holder.card_id, how="more")
    by: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    shop_flow.save_card_rule(**by, goal="5", reward_name="케이크", stage_at_1="1", stage_name_1="사탕")
    assert factories.a_stamp(shop, holder.card_id, how="more").goal == 5, "the next card is a new one"
    factories.a_stamp(shop, holder.card_id, how="more")
    assert rewards_of(holder) == [("쿠키", 1, 0, False), ("사탕", 2, 1, False)]
    undo_stamp(**by, entry_id=books.last_stamp(holder.card_id))
    undo_stamp(**by, entry_id=first.entry_id)
    card = factories.a_card(holder.card_id)
    goal = db.session.scalar(
        db.select(db.text("goal")).select_from(db.text("card_rules")).where(db.text(f"id = {card.rule_id}"))
    )
    assert (card.balance, card.round, goal, rewards_of(holder)) == (1, 1, 2, [])
    assert drift.drifts(shop_id=shop.id) == []


def test_lots_go_first_expiring_first_and_end_with_their_day(app: Flask, clock: Clock) -> None:
    shop = a_shop(goal=10, expiry="months", expiry_months=1)
    holder = factories.a_customer(shop)
    factories.a_stamp(shop, holder.card_id, amount=10_000)  # until 23 December
    clock.advance(days=10)
    factories.a_stamp(shop, holder.card_id, amount=20_000)
    spend(shop, holder, 150)
    left = db.session.execute(
        db.select(Lot.unit, Lot.remaining).where(Lot.card_id == holder.card_id).order_by(Lot.id)
    )
    assert [tuple(row) for row in left] == [("stamp", 1), ("point", 0), ("stamp", 1), ("point", 150)]
    clock.set(world.START + timedelta(days=30, hours=9))  # 23:49 in Korea, the last good day
    assert expiry.expire_due(shop_id=shop.id, now=clock()) == 0
    clock.advance(minutes=20)
    assert expiry.expire_due(shop_id=shop.id, now=clock()) == 1
    assert expiry.expire_due(shop_id=shop.id, now=clock()) == 0, "twice is once"
    card = factories.a_card(holder.card_id)
    assert (card.balance, card.points) == (1, 150)
    assert card_lines(shop_id=shop.id, card_id=holder.card_id)[0].kind == "expire"
    # In the hours before the night takes it away it can't be spent either.
    clock.advance(days=12)
    with pytest.raises(PointsShort):
        spend(shop, holder, 150)
    assert factories.a_stamp(shop, holder.card_id).balance == 1
    assert drift.drifts(shop_id=shop.id) == []


def test_activity_starts_the_time_anew(app: Flask, clock: Clock) -> None:
    shop = a_shop(goal=10, expiry="activity", expiry_months=1)
    holder = factories.a_customer(shop)
    for _ in range(4):
        factories.a_stamp(shop, holder.card_id)
        clock.advance(days=25)
    assert factories.a_card(holder.card_id).balance == 4
    clock.advance(days=10)
    expiry.expire_due(shop_id=shop.id, now=clock())
    assert factories.a_card(holder.card_id).balance == 0


def test_what_has_ended_is_not_taken_a_second_time(app: Flask, clock: Clock) -> None:
    shop = a_shop(goal=10, expiry="months", expiry_months=1)
    holder = factories.a_customer(shop)
    first = factories.a_stamp(shop, holder.card_id, amount=5_000)
    clock.advance(days=40)
    factories.a_stamp(shop, holder.card_id)
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=first.entry_id, now=clock())
    card = factories.a_card(holder.card_id)
    assert (card.balance, card.points) == (1, 0)
    assert [line.kind for line in card_lines(shop_id=shop.id, card_id=holder.card_id)][:2] == [
        "adjust",
        "reverse",
    ]
    assert drift.drifts(shop_id=shop.id) == []


@pytest.mark.parametrize("typed", ["50000", "1000"])
def test_what_an_amount_typed_later_brought_and_has_ended_is_not_taken_twice(
    app: Flask, clock: Clock, typed: str
) -> None:
    shop = a_shop(expiry="months", expiry_months=1)
    holder = factories.a_customer(shop)
    done = factories.a_stamp(shop, holder.card_id, amount=3_000)
    by: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id}
    amount.put(**by, entry_id=done.entry_id, typed=typed, now=clock())
    visit = db.session.scalar(db.select(LedgerEntry.visit_id).where(LedgerEntry.id == done.entry_id))
    clock.advance(days=70)
    refunded = refund.refund(**by, visit_id=int(visit or 0), now=clock())
    assert (refunded.balance, refunded.points) == (0, 0)
    assert drift.drifts(shop_id=shop.id) == []


def test_a_refund_takes_back_the_earned_and_gives_back_the_used(app: Flask, clock: Clock) -> None:
    shop = a_shop(goal=3)
    holder = factories.a_customer(shop)
    give(holder, 2)
    by: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id}
    factories.a_stamp(shop, holder.card_id, amount=30_000, how="more")  # fills the card
    reward_id = db.session.scalar(db.select(db.func.max(Reward.id)).where(Reward.card_id == holder.card_id))
    used = redeem.use_reward(
        **by, now=clock(), reward_id=int(reward_id or 0), once=factories.once(), how="live_card"
    )
    spend(shop, holder, 200)
    clock.advance(minutes=30)
    second = factories.a_stamp(shop, holder.card_id, amount=1_000, how="more")
    visit = db.session.scalar(db.select(LedgerEntry.visit_id).where(LedgerEntry.id == second.entry_id))
    done = world.all_at_once(
        app, [lambda: refund.refund(**by, visit_id=int(visit or 0), now=clock()) for _ in range(3)]
    )
    assert sorted(type(each).__name__ for each in done) == ["NothingToUndo", "NothingToUndo", "Refunded"]
    card = factories.a_card(holder.card_id)
    assert (card.balance, card.points, card.round, rewards_of(holder)) == (2, 0, 1, [])
    assert factories.a_person(holder.id).visit_count == 0
    with pytest.raises(NothingToUndo):
        redeem.undo_use(**by, redemption_id=used.redemption_id, now=clock())
    books.check(shop)
    assert drift.drifts(shop_id=shop.id) == []


def test_a_refund_after_the_points_were_used_leaves_a_debt_that_the_next_ones_settle(
    app: Flask, clock: Clock
) -> None:
    shop = a_shop()
    holder = factories.a_customer(shop)
    done = factories.a_stamp(shop, holder.card_id, amount=30_000)
    visit = db.session.scalar(db.select(LedgerEntry.visit_id).where(LedgerEntry.id == done.entry_id))
    clock.advance(days=1)
    factories.a_stamp(shop, holder.card_id)
    spend(shop, holder, 300)
    refunded = refund.refund(shop_id=shop.id, staff_id=shop.owner_id, visit_id=int(visit or 0), now=clock())
    assert (refunded.balance, refunded.points) == (1, -300)
    assert drift.drifts(shop_id=shop.id) == [], "below zero with a reason"
    factories.a_stamp(shop, holder.card_id, amount=40_000, how="more")
    assert factories.a_card(holder.card_id).points == 100


def test_saving_a_rule_with_points_notes_it(app: Flask) -> None:
    shop = factories.a_shop()
    by: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    for percent, uses in (("1.5", "points"), ("", "")):
        shop_flow.save_card_rule(**by, goal="10", reward_name="쿠키", point_percent=percent)
        db.session.rollback()
        assert db.session.scalar(db.select(Shop.uses).where(Shop.id == shop.id)) == uses


def test_a_plain_stamp_asks_no_more_than_before(app: Flask) -> None:
    shop = factories.a_shop(**factories.no_limits())
    holder = factories.a_customer(shop)
    factories.a_stamp(shop, holder.card_id, how="more")
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    db.event.listen(db.engine, "before_cursor_execute", note)
    try:
        factories.a_stamp(shop, holder.card_id, how="more", override_reason=None)
    finally:
        db.event.remove(db.engine, "before_cursor_execute", note)
    asked = [
        statement
        for statement in asked
        if not statement.startswith(("SAVEPOINT", "RELEASE", "PRAGMA", "BEGIN"))
    ]
    assert not [statement for statement in asked if "lots" in statement]
    assert len(asked) <= 17, asked  # what it asked before there were points, stages and ends
