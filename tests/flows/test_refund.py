"""What a purchase brought is taken back once and exactly, and what was used at it is the customer's again."""

from __future__ import annotations

from typing import Any

import pytest

from app.cards import drift, extras
from app.cards.lines import card_lines
from app.cards.models import Lot
from app.coupons.purchases import used_at
from app.extensions import db
from app.flows import amount, boosts, expiry, merge, refund, undo
from app.flows import points as flow
from app.flows import shop as shop_flow
from app.flows.refund import Refunded
from app.tiers.rules import BoostRule
from app.visits.models import Visit
from app.web.customer import line_words
from tests import coupons, factories
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.flows.ladder import own
from tests.world import Clock


def by_owner(shop: AShop) -> dict[str, Any]:
    """Return who does it and when."""
    return {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}


def the_visit() -> Visit:
    """Return the only visit as it is now."""
    db.session.rollback()
    return db.session.scalars(db.select(Visit)).one()


def give_back(shop: AShop) -> Refunded:
    """Refund the only visit as the owner."""
    return refund.refund(**by_owner(shop), visit_id=the_visit().id)


@pytest.mark.parametrize("stamped_first", [True, False])
def test_a_coupon_used_at_it(shop: AShop, jiwoo: ACustomer, clock: Clock, stamped_first: bool) -> None:
    coupon_id = coupons.a_coupon(shop, jiwoo, gives="extra", value="2", name="")
    steps = [lambda: factories.a_stamp(shop, jiwoo.card_id), lambda: coupons.use(shop, coupon_id)]
    for step in steps if stamped_first else reversed(steps):
        step()
        clock.advance(minutes=1)
    found = used_at(shop_id=shop.id, visit_id=the_visit().id)
    assert [each.stamps for each in found] == [2]
    assert (give_back(shop).balance, coupons.living(jiwoo)) == (0, [coupon_id])
    assert used_at(shop_id=shop.id, visit_id=the_visit().id) == []
    coupons.check(shop)
    books.check(shop)


def test_what_was_spent_before_two_cards_became_one(clock: Clock) -> None:
    shop = factories.a_shop(point_permille=10, **factories.no_limits())
    kept, gone = factories.a_customer(shop, name="지우", phone="010-2345-6781"), factories.a_customer(shop)
    stamped = factories.a_stamp(shop, gone.card_id, amount=100_000)

    def spend(points: int) -> int:
        factories.show_card(gone.card_id, shop=shop)
        facts = by_owner(shop) | {"card_id": gone.card_id, "points": points, "once": factories.once()}
        return flow.spend(**facts).entry_id

    first, _second = spend(600), spend(300)
    merge.merge_people(**by_owner(shop), kept_id=kept.id, gone_id=gone.id)
    assert flow.undo_spend(**by_owner(shop), entry_id=first) == kept.card_id
    assert factories.a_card(kept.card_id).points == 700
    put = amount.put(**by_owner(shop), entry_id=stamped.entry_id, typed="50000")
    assert (put, factories.a_card(kept.card_id).points) == ((kept.card_id, 50_000), 200)
    seen = extras.purchase(shop_id=shop.id, visit_id=the_visit().id)
    assert seen is not None and (seen.spent, seen.points_after) == (300, 0)
    done = give_back(shop)
    assert (done.card_id, done.balance, done.points) == (kept.card_id, 0, 0)
    assert drift.drifts(shop_id=shop.id) == []


def test_points_of_a_later_amount_that_have_ended_are_not_taken_twice(clock: Clock) -> None:
    shop = factories.a_shop(point_permille=10, expiry="months", expiry_months=1, **factories.no_limits())
    holder = factories.a_customer(shop)
    stamped = factories.a_stamp(shop, holder.card_id)
    amount.put(**by_owner(shop), entry_id=stamped.entry_id, typed="50000")
    clock.advance(days=40)
    expiry.expire_due(shop_id=shop.id, now=clock())
    done = give_back(shop)
    assert (done.balance, done.points, drift.drifts(shop_id=shop.id)) == (0, 0, [])


def test_an_amount_taken_away_takes_what_it_brought(clock: Clock) -> None:
    shop = factories.a_shop(goal=2, point_permille=10, point_visit=20, **factories.no_limits())
    holder = factories.a_customer(shop)
    threefold = boosts.make(**own(shop), rule=BoostRule("세 배", 300), tier_id=None)
    typed = factories.a_stamp(shop, holder.card_id, amount=10_000)
    shop_flow.save_card_rule(**by_owner(shop), goal="10", reward_name="쿠키", point_percent="5")
    second = factories.a_stamp(shop, holder.card_id, how="more")  # fills the old card
    boosts.end(**own(shop), boost_id=threefold)
    assert factories.a_card(holder.card_id).points == 300 + 60
    for entry_id, won, points in ((second.entry_id, "14000", 480), (typed.entry_id, "", 60)):
        amount.put(**by_owner(shop), entry_id=entry_id, typed=won)
        assert factories.a_card(holder.card_id).points == points
    assert drift.drifts(shop_id=shop.id) == []


@pytest.mark.parametrize("undone_first", [True, False])
def test_one_stamp_of_a_visit_taken_back(clock: Clock, undone_first: bool) -> None:
    shop = factories.a_shop(
        point_permille=10, point_visit=20, expiry="months", expiry_months=1, **factories.no_limits()
    )
    holder = factories.a_customer(shop)
    first = factories.a_stamp(shop, holder.card_id).entry_id
    amount.put(**by_owner(shop), entry_id=first, typed="5000")
    clock.advance(minutes=1)
    second = factories.a_stamp(shop, holder.card_id, how="more").entry_id
    amount.put(**by_owner(shop), entry_id=second, typed="15000")
    assert factories.a_card(holder.card_id).points == 20 + 150
    gone, stays, left = (first, second, 10_000) if undone_first else (second, first, 5_000)
    undo.undo_stamp(**by_owner(shop), entry_id=gone)
    card = factories.a_card(holder.card_id)
    assert (the_visit().amount, card.points) == (left, 20 + left // 100)
    amount.put(**by_owner(shop), entry_id=stays, typed="5000")
    assert factories.a_card(holder.card_id).points == 20 + 50
    ends = {lot.expires_at for lot in db.session.scalars(db.select(Lot).where(Lot.remaining > 0))}
    assert len(ends) == 1, "what was left to the other stamp ends as it would have"
    seen = extras.purchase(shop_id=shop.id, visit_id=the_visit().id)
    assert seen is not None and (seen.points, seen.points_after) == (70, 0)
    done = give_back(shop)
    assert (done.balance, done.points, the_visit().amount) == (0, 0, 5_000)
    told = {line_words.what(line) for line in card_lines(shop_id=shop.id, card_id=holder.card_id)}
    assert ("줄었던 포인트를 되돌렸어요" in told) == undone_first, "5,000 of 10,000 were put right"
    assert "쓴 포인트를 돌려받았어요" not in told
    assert drift.drifts(shop_id=shop.id) == []
    books.check(shop)
