"""Coupons are given once for a cause, within their limits, and used once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.cards.rules import NothingToUndo
from app.coupons.rules import (
    AmountMissing,
    CouponGone,
    CouponOver,
    CouponWithdrawn,
    ForeignCoupon,
    NotTogether,
    OldCoupon,
    TooLittle,
)
from app.extensions import db
from app.flows import coupon, coupon_rules, privacy, review, review_asks, spending
from app.flows.coupon import Used
from app.flows.review_asks import NotOffered
from app.flows.spending import Check, NotProven
from app.flows.undo import undo_stamp
from app.flows.unit import write
from app.insights import queries as insights
from app.kit.refusals import Invalid, NotHere
from app.messages.models import Message
from app.visits.models import Visit
from tests import coupons, factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.world import Clock


def letters(holder: ACustomer) -> dict[str, str]:
    """Return the person's messages about coupons on the card: kind → state."""
    db.session.rollback()
    mine = db.select(Message.kind, Message.state).where(
        Message.customer_id == holder.id, Message.channel == "card", Message.kind.startswith("coupon")
    )
    return {row.kind: row.state for row in db.session.execute(mine)}


def test_use_and_take_back(shop: AShop, jiwoo: ACustomer) -> None:
    coupon_id = coupons.a_coupon(shop, jiwoo)
    done = coupons.use(shop, coupon_id)
    assert (done.name, done.card_id, done.off, done.repeated) == ("아메리카노 한 잔", jiwoo.card_id, 0, False)
    with pytest.raises(
        CouponGone, match=r"11월 23일\(월\) 오후 2:49에 이미 쓴 쿠폰이에요. 김사장 님이 처리했어요."
    ):
        coupons.use(shop, coupon_id)
    assert insights.today(shop_id=shop.id, now=factories.now()).coupons_used == 1
    assert coupons.undo(shop, done.use_id) == jiwoo.card_id
    with pytest.raises(NothingToUndo):
        coupons.undo(shop, done.use_id)
    assert insights.today(shop_id=shop.id, now=factories.now()).coupons_used == 0
    assert coupons.use(shop, coupon_id).repeated is False, "it is the customer's again"
    coupons.check(shop)


def test_the_same_key_gives_the_same_answer(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    coupon_id, once = coupons.a_coupon(shop, jiwoo), factories.once()
    found = world.all_at_once(app, [lambda: coupons.use(shop, coupon_id, once=once)] * 8)
    assert [each for each in found if not isinstance(each, Used)] == []
    assert len({each.use_id for each in found}) == 1
    coupons.check(shop)


def test_two_counters_and_one_coupon(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    coupon_id, second = coupons.a_coupon(shop, jiwoo), factories.a_staff(shop, name="이점장")
    found = world.all_at_once(
        app,
        [lambda: coupons.use(shop, coupon_id), lambda: coupons.use(shop, coupon_id, staff_id=second)] * 5,
    )
    assert sum(isinstance(each, Used) for each in found) == 1
    told = {str(each) for each in found if isinstance(each, CouponGone)}
    assert len(told) == 1 and ("김사장" in (one := told.pop()) or "이점장" in one)
    coupons.check(shop)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("typed", "amount", "off"),
    [
        ({"gives": "amount", "value": "2,000원"}, None, 2000),
        ({"gives": "amount", "value": "2000"}, 1500, 1500),
        ({"gives": "percent", "value": "10"}, 12_345, 1234),
        ({"gives": "percent", "value": "100"}, 1, 1),
        ({"least_amount": "10000"}, 10_000, 0),
    ],
)
def test_what_it_takes_off(
    shop: AShop, jiwoo: ACustomer, typed: dict[str, str], amount: int | None, off: int
) -> None:
    assert coupons.use(shop, coupons.a_coupon(shop, jiwoo, **typed), amount=amount).off == off


@pytest.mark.parametrize(
    ("typed", "amount", "why"),
    [
        ({"gives": "percent", "value": "10"}, None, AmountMissing),
        ({"least_amount": "10000"}, None, AmountMissing),
        ({"least_amount": "10000"}, 9_999, TooLittle),
    ],
)
def test_conditions_are_held(
    shop: AShop, jiwoo: ACustomer, typed: dict[str, str], amount: int | None, why: type[Exception]
) -> None:
    coupon_id = coupons.a_coupon(shop, jiwoo, **typed)
    with pytest.raises(why):
        coupons.use(shop, coupon_id, amount=amount)
    assert coupons.living(jiwoo) == [coupon_id]


def test_it_is_good_to_the_last_minute_of_its_day(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    """Given on November 23rd for seven days: good on the 30th until 11:59 at night in Korea."""
    first, second = (coupons.a_coupon(shop, jiwoo, valid_days="7", stacks="y") for _ in range(2))
    end = world.START.replace(day=30, hour=15, minute=0)
    clock.set(end - timedelta(seconds=1))
    coupons.use(shop, first)
    clock.set(end)
    with pytest.raises(CouponOver, match=r"11월 30일\(월\) 밤 11:59까지"):
        coupons.use(shop, second)
    coupons.check(shop)


@pytest.mark.parametrize(
    ("first", "second", "together"), [("", "", 0), ("y", "", 0), ("", "y", 0), ("y", "y", 1)]
)
def test_two_in_one_visit(
    shop: AShop, jiwoo: ACustomer, clock: Clock, first: str, second: str, together: int
) -> None:
    one, two = (coupons.a_coupon(shop, jiwoo, stacks=each) for each in (first, second))
    coupons.use(shop, one)
    if together:
        coupons.use(shop, two)
        return
    with pytest.raises(NotTogether):
        coupons.use(shop, two)
    clock.advance(hours=3, seconds=1)
    coupons.use(shop, two)
    coupons.check(shop)


def test_stamps_as_an_extra_come_and_go_with_the_use(shop: AShop, jiwoo: ACustomer) -> None:
    coupon_id = coupons.a_coupon(shop, jiwoo, gives="extra", value="2", name="")
    done = coupons.use(shop, coupon_id)
    assert (done.stamps, factories.a_card(jiwoo.card_id).balance) == (2, 2)
    coupons.undo(shop, done.use_id)
    assert factories.a_card(jiwoo.card_id).balance == 0
    books.check(shop)


# --- limits -----------------------------------------------------------------------------------------


def test_a_cause_gives_once_and_a_person_gets_so_many(shop: AShop, jiwoo: ACustomer) -> None:
    kind_id = coupons.a_kind(shop, per_person="2")
    given = [coupons.give(shop, jiwoo, kind_id, cause=cause) for cause in ("a:1", "a:1", "a:2", "a:3")]
    assert [each is not None for each in given] == [True, False, True, False]
    coupons.check(shop)


@pytest.mark.parametrize(
    ("typed", "given"), [({"total": "3", "per_person": "0"}, 3), ({"per_person": "2"}, 2)]
)
def test_limits_hold_when_many_come_at_once(
    app: Flask, shop: AShop, jiwoo: ACustomer, minho: ACustomer, typed: dict[str, str], given: int
) -> None:
    kind_id = coupons.a_kind(shop, **typed)
    people = [jiwoo, minho] if "total" in typed else [jiwoo]

    def ask(number: int) -> Any:
        return coupons.give(shop, people[number % len(people)], kind_id, cause=f"a:{number}")

    found = world.all_at_once(app, [lambda number=number: ask(number) for number in range(10)])
    assert sum(isinstance(each, int) for each in found) == given, found
    coupons.check(shop)


def test_what_was_stopped_gives_no_more_and_what_is_out_stays(shop: AShop, jiwoo: ACustomer) -> None:
    from app.flows import coupon_kinds

    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    kind_id = coupons.a_kind(shop, per_person="0")
    coupon_id = coupons.give(shop, jiwoo, kind_id)
    assert coupon_id
    coupon_kinds.stop(**own, kind_id=kind_id)
    assert coupons.give(shop, jiwoo, kind_id, cause="hand:2") is None
    coupons.use(shop, coupon_id)
    coupon_kinds.go_on(**own, kind_id=kind_id)
    assert coupons.give(shop, jiwoo, kind_id, cause="hand:3")
    coupons.check(shop)


# --- what happened brings them ----------------------------------------------------------------------


def test_the_third_visit_brings_one_and_its_undoing_takes_it_back(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    coupons.a_kind(shop, "nth_visit", rule_value="3")
    for _ in range(2):
        factories.a_stamp(shop, jiwoo.card_id)
        clock.advance(days=1)
    assert coupons.held_by(jiwoo) == []
    third = factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(minutes=1)
    factories.a_stamp(shop, jiwoo.card_id)  # 한 개 더 in the same visit
    clock.advance(days=1)
    (coupon_id,) = coupons.living(jiwoo)
    assert letters(jiwoo) == {"coupon_earned": "sent"}
    for entry_id in (books.last_stamp(jiwoo.card_id), third.entry_id):
        undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=entry_id, now=factories.now())
    assert coupons.living(jiwoo) == []
    assert letters(jiwoo) == {"coupon_earned": "cancelled"}
    with pytest.raises(CouponWithdrawn):
        coupons.use(shop, coupon_id)
    factories.a_stamp(shop, jiwoo.card_id)
    assert len(coupons.living(jiwoo)) == 1, "the third visit has come again"
    coupons.check(shop)


def test_a_used_one_stays_when_its_visit_is_undone(shop: AShop, jiwoo: ACustomer) -> None:
    coupons.a_kind(shop, "nth_visit", rule_value="1")
    first = factories.a_stamp(shop, jiwoo.card_id)
    (coupon_id,) = coupons.living(jiwoo)
    done = coupons.use(shop, coupon_id)
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=first.entry_id, now=factories.now())
    assert coupons.held_by(jiwoo)[0].used_at is not None
    coupons.undo(shop, done.use_id)
    assert coupons.living(jiwoo) == [], "what it was given for is gone"
    coupons.check(shop)


def test_a_season_gives_once_within_its_days(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    coupons.a_kind(shop, "season", starts_on="2026-11-24", valid_until="2026-11-25", valid_days="")
    got = []
    for _ in range(4):
        factories.a_stamp(shop, jiwoo.card_id)
        got.append(len(coupons.held_by(jiwoo)))
        clock.advance(days=1)
    assert got == [0, 1, 1, 1]
    assert letters(jiwoo) == {"coupon_gift": "sent"}


def test_only_who_agreed_is_given_something_for_their_own_day(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    coupons.a_kind(shop, "birthday")
    with write() as session:
        for holder in (jiwoo, minho):
            coupon_rules.give(
                session,
                shop_id=shop.id,
                customer_id=holder.id,
                rule="birthday",
                cause="birthday:2026",
                now=factories.now(),
            )
    assert (len(coupons.living(jiwoo)), coupons.living(minho)) == (1, [])


def test_a_review_brings_what_its_form_promised_and_says_so(shop: AShop, jiwoo: ACustomer) -> None:
    kind_id = coupons.a_kind(shop, "review")
    other = coupons.a_kind(shop, "recovery")
    factories.a_stamp(shop, jiwoo.card_id)
    visit_id = db.session.scalar(db.select(db.func.max(Visit.id)))
    own = {"shop_id": shop.id, "customer_id": jiwoo.id, "visit_id": int(visit_id or 0)}
    with pytest.raises(NotOffered):
        review_asks.want(**own, now=factories.now())
    token = review_asks.open_ask(**own, now=factories.now())
    said: dict[str, Any] = {
        "token": token,
        "stars": "3",
        "mood": "good",
        "text": "맛있어요",
        "told_reward": 0,
    }
    with pytest.raises(Invalid):
        review.leave(**said, told_coupon=other, now=factories.now())
    left = review.leave(**said, told_coupon=kind_id, now=factories.now())
    assert left.reward == "쿠폰 1장"
    assert review.leave(**said, told_coupon=kind_id, now=factories.now()).repeated
    assert len(coupons.living(jiwoo)) == 1
    coupons.check(shop)


# --- the code ---------------------------------------------------------------------------------------


def test_its_code_proves_the_holder_for_two_minutes(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    coupon_id = coupons.a_coupon(shop, jiwoo)
    ways = {"shop_id": shop.id, "master": factories.master()}
    seen = coupon.scan(**ways, code=coupons.code_of(jiwoo, coupon_id), now=factories.now())
    assert (seen.coupon_id, seen.card_id) == (coupon_id, jiwoo.card_id)
    assert coupons.living(jiwoo) == [coupon_id], "reading uses nothing"
    done = coupons.use(shop, coupon_id, card_is_here=False)
    assert _how(done.use_id) == "live_card"
    coupons.undo(shop, done.use_id)
    clock.advance(seconds=121)
    with pytest.raises(NotProven):
        coupons.use(shop, coupon_id, card_is_here=False)
    spending.note_check(
        shop_id=shop.id, card_id=jiwoo.card_id, staff_id=shop.owner_id, session_id=1, check=Check("known"),
        now=factories.now(),
    )  # fmt: skip
    assert _how(coupons.use(shop, coupon_id, card_is_here=False).use_id) == "staff_check"


def _how(use_id: int) -> str:
    from app.coupons.models import CouponUse

    db.session.rollback()
    return str(db.session.scalar(db.select(CouponUse.how).where(CouponUse.id == use_id)))


def test_an_old_code_a_used_coupon_and_a_neighbours(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    coupon_id = coupons.a_coupon(shop, jiwoo)
    code, ways = coupons.code_of(jiwoo, coupon_id), {"master": factories.master()}
    with pytest.raises(ForeignCoupon):
        coupon.scan(**ways, shop_id=other_shop.id, code=code, now=factories.now())
    with pytest.raises(OldCoupon):
        coupon.scan(**ways, shop_id=shop.id, code=code, now=factories.now() + timedelta(seconds=75))
    coupons.use(shop, coupon_id)
    with pytest.raises(CouponGone):
        coupon.scan(**ways, shop_id=shop.id, code=coupons.code_of(jiwoo, coupon_id), now=factories.now())
    assert factories.a_code(jiwoo)


def test_another_shops_coupon_does_not_exist(shop: AShop, other_shop: AShop, jiwoo: ACustomer) -> None:
    coupon_id = coupons.a_coupon(shop, jiwoo)
    with pytest.raises(NotHere):
        coupons.use(other_shop, coupon_id)
    done = coupons.use(shop, coupon_id)
    with pytest.raises(NothingToUndo):
        coupons.undo(other_shop, done.use_id)


def test_who_leaves_takes_the_unused_ones_along(shop: AShop, jiwoo: ACustomer) -> None:
    coupon_id = coupons.a_coupon(shop, jiwoo)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    assert coupons.living(jiwoo) == []
    with pytest.raises(NotHere):
        coupons.use(shop, coupon_id)
    coupons.check(shop)
