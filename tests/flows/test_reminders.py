"""Before stamps and points end, when something is used up, and what the owner says about products."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask, current_app

from app.cards.models import Card, LedgerEntry, Lot
from app.extensions import db
from app.flows import (
    automation,
    cart_left,
    closing_days,
    coupon_days,
    deliver,
    product,
    reminders,
    review_asks,
)
from app.flows.unit import write
from app.kit.clock import start_of_day
from app.kit.refusals import Invalid, NotHere
from app.messages.models import Automation, Message
from app.shops.models import AuditLine, SpecialDays
from app.visits import goods
from app.visits.models import Product, Visit, VisitItem
from app.visits.picks import picks
from tests import coupons, factories, world
from tests.factories import ACustomer, AShop
from tests.world import Clock

# Thirty days after the day on which the tests begin.
END = date(2026, 12, 23)


def a_lot(
    shop: AShop, who: ACustomer, amount: int, *, unit: str = "stamp", end: date = END, **of: Any
) -> int:
    """Put something on a card that a visit of long ago had brought and that ends."""
    entry = (
        of.get("entry_id")
        or factories.a_stamp(shop, who.card_id, at=factories.now() - timedelta(days=60)).entry_id
    )
    with write() as session:
        moment = start_of_day(end + timedelta(days=1))
        lot = Lot(
            shop_id=shop.id, card_id=who.card_id, entry_id=entry, unit=unit, amount=amount, remaining=amount,
            earned_at=factories.now() - timedelta(days=60), expires_at=moment, ends_on=end,
        )  # fmt: skip
        session.add(lot)
        session.get_one(Card, who.card_id).expires_at = moment
        session.flush()
        return int(lot.id)


def ends(shop: AShop) -> int:
    return reminders.plan_ends(shop_id=shop.id, now=factories.now())


def letters(who: ACustomer, kind: str, channel: str = "card") -> list[Message]:
    db.session.rollback()
    mine = (Message.customer_id == who.id, Message.kind == kind, Message.channel == channel)
    return list(db.session.scalars(db.select(Message).where(*mine).order_by(Message.id)))


def drain(clock: Clock) -> None:
    deliver.drain(wire=current_app.config["WIRE"], clock=clock, limit=50)


# --- what ends on a card ------------------------------------------------------------------------------


def test_a_month_and_a_week_before_once_each(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    a_lot(shop, jiwoo, 3)
    told = []
    for days in (1, 21, 1, 1, 7):  # 30, 29, 8, 7 and 6 days before
        told.append((ends(shop), ends(shop)))
        clock.advance(days=days)
    assert told == [(1, 0), (0, 0), (0, 0), (1, 0), (0, 0)]
    drain(clock)
    assert letters(jiwoo, "stamp_expiry")[0].text == (
        "한지우 님, 모아 두신 도장 3개는 12월 23일(수)까지예요. 그날이 지나면 없어져서 미리 알려 드려요."
    )


def test_points_are_told_as_points(shop: AShop, jiwoo: ACustomer) -> None:
    a_lot(shop, jiwoo, 1200, unit="point")
    assert ends(shop) == 1
    assert "포인트 1,200점은 12월 23일(수)까지" in letters(jiwoo, "points_expiry")[0].text


def test_what_was_a_gift_is_not_told(shop: AShop, jiwoo: ACustomer) -> None:
    """An 안내 only of what a purchase had earned: of an unasked gift it would be an ad."""
    entry = factories.a_stamp(shop, jiwoo.card_id, at=factories.now() - timedelta(days=60)).entry_id
    with write() as session:
        session.get_one(LedgerEntry, entry).visit_id = None
    a_lot(shop, jiwoo, 3, entry_id=entry)
    assert ends(shop) == 0


@pytest.mark.parametrize("days_before", [31, 29, 8, 6])
@pytest.mark.databases("sqlite")
def test_on_no_other_day(shop: AShop, jiwoo: ACustomer, days_before: int) -> None:
    a_lot(shop, jiwoo, 3, end=date(2026, 11, 23) + timedelta(days=days_before))
    assert ends(shop) == 0


def test_used_meanwhile_it_is_not_sent(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    clock.set(start_of_day(date(2026, 11, 23)) + timedelta(hours=9, minutes=31))
    lot_id = a_lot(shop, jiwoo, 3)
    ends(shop)
    with write() as session:
        session.get_one(Lot, lot_id).remaining = 0
    clock.advance(hours=1)
    drain(clock)
    assert [row.state for row in letters(jiwoo, "stamp_expiry")] == ["cancelled"]


def test_an_end_that_moved_is_told_as_it_is(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    clock.set(start_of_day(date(2026, 11, 23)) + timedelta(hours=9, minutes=31))
    a_lot(shop, jiwoo, 3)
    ends(shop)
    closing_days.mark(
        shop_id=shop.id, staff_id=shop.owner_id, first="2026-12-23", last="2026-12-24", note="", now=clock()
    )
    clock.advance(hours=1)
    drain(clock)
    assert "12월 25일(금)까지" in letters(jiwoo, "stamp_expiry")[0].text
    clock.advance(days=1)
    assert ends(shop) == 0, "it was told of its month; the closed days do not tell it again"


def test_a_clock_that_stood_tells_once_what_it_missed(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    clock.advance(days=-1)
    ends(shop)
    a_lot(shop, jiwoo, 3)
    clock.advance(days=4)
    assert (ends(shop), ends(shop)) == (1, 0)


def test_two_clocks_tell_once(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    a_lot(shop, jiwoo, 3)
    assert sum(world.all_at_once(app, [lambda: ends(shop)] * 4)) == 1


def test_another_shop_tells_nothing_of_it(shop: AShop, other_shop: AShop, jiwoo: ACustomer) -> None:
    a_lot(shop, jiwoo, 3)
    assert ends(other_shop) == 0
    automation.switch(shop_id=shop.id, kind="stamp_expiry", is_on=False, now=factories.now())
    assert ends(shop) == 0


# --- coupons and closed days --------------------------------------------------------------------------


def test_closed_days_move_the_end_of_a_coupon_and_back(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    given = coupons.a_coupon(shop, jiwoo, valid_days="7")  # good to November 30th

    def last_day() -> date:
        db.session.rollback()
        (held,) = [each for each in coupons.held_by(jiwoo) if each.id == given]
        return (held.expires_at + timedelta(hours=9) - timedelta(days=1)).date()

    days: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    assert last_day() == date(2026, 11, 30)
    closing_days.mark(**days, first="2026-11-30", last="2026-12-01", note="")
    assert last_day() == date(2026, 12, 2)
    new = coupons.a_coupon(shop, jiwoo, valid_days="8")  # given when the days were known
    assert [each.expires_at for each in coupons.held_by(jiwoo) if each.id == new] == [
        start_of_day(date(2026, 12, 3))
    ]
    row = db.session.scalars(db.select(SpecialDays)).one()
    closing_days.take_back(**days, days_id=row.id)
    assert last_day() == date(2026, 11, 30)


def test_a_coupon_is_reminded_of_once_after_a_stand_still(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    coupons.a_coupon(shop, jiwoo, valid_days="20")  # good to December 13th: told on the 10th
    clock.advance(days=16)
    assert coupon_days.remind(shop_id=shop.id, now=clock()) == 0
    clock.advance(days=3)  # the 12th
    assert [coupon_days.remind(shop_id=shop.id, now=clock()) for _ in range(2)] == [1, 0]


# --- products -----------------------------------------------------------------------------------------


def a_product(shop: AShop, name: str, **said: Any) -> int:
    with write() as session:
        made = Product(shop_id=shop.id, name=name, price=9000, **said)
        session.add(made)
        session.flush()
        return int(made.id)


def bought(shop: AShop, who: ACustomer, *products: int, days_ago: float = 0) -> int:
    """Let a person buy some things so many days ago; returns the visit."""
    at = factories.now() - timedelta(days=days_ago)
    factories.a_stamp(shop, who.card_id, at=at)
    with write() as session:
        visit_id = session.scalar(db.select(Visit.id).where(Visit.customer_id == who.id, Visit.at == at))
        for each in products:
            session.add(VisitItem(shop_id=shop.id, visit_id=visit_id, product_id=each, price=9000))
        return int(visit_id)


def rebuy(shop: AShop) -> int:
    return reminders.plan_rebuy(shop_id=shop.id, now=factories.now())


def test_used_up_and_not_bought_again(shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock) -> None:
    beans = a_product(shop, "원두 200g", rebuy_days=30)
    bought(shop, jiwoo, beans, days_ago=30)
    bought(shop, minho, beans, days_ago=30)
    bought(shop, minho, beans, days_ago=3)  # has it
    assert (rebuy(shop), rebuy(shop)) == (1, 0)
    clock.advance(minutes=1)
    drain(clock)
    assert [row.text for row in letters(jiwoo, "repurchase")] == [
        "한지우 님, 지난번에 사 가신 원두 200g, 이제 거의 다 떨어졌을 것 같아요. 필요하시면 봄날커피에서 챙겨 드릴게요."
    ]
    clock.advance(days=1)
    assert rebuy(shop) == 0
    assert letters(minho, "repurchase") == []


def test_who_buys_it_again_before_ten_is_left_alone(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    clock.set(start_of_day(date(2026, 11, 23)) + timedelta(hours=9, minutes=31))
    beans = a_product(shop, "원두 200g", rebuy_days=30)
    bought(shop, jiwoo, beans, days_ago=30)
    assert rebuy(shop) == 1
    bought(shop, jiwoo, beans)
    clock.advance(hours=1)
    drain(clock)
    assert [row.state for row in letters(jiwoo, "repurchase")] == ["cancelled"]


def test_what_was_used_up_while_the_clock_stood(
    app: Flask, shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    rebuy(shop)
    beans = a_product(shop, "원두 200g", rebuy_days=30)
    bought(shop, jiwoo, beans, days_ago=29)
    clock.advance(days=3)
    assert rebuy(other_shop) == 0
    assert sum(world.all_at_once(app, [lambda: rebuy(shop)] * 3)) == 1


@pytest.mark.parametrize(("days", "after"), [((None,), 1), ((7,), 7), ((7, 14, None), 14), ((), 1)], ids=str)
@pytest.mark.databases("sqlite")
def test_how_it_was_is_asked_when_it_has_been_used(
    shop: AShop, jiwoo: ACustomer, clock: Clock, days: tuple[int | None, ...], after: int
) -> None:
    """The longest of what was bought; where nothing is said, the shop's own delay of a day."""
    things = [a_product(shop, f"것{number}", review_days=each) for number, each in enumerate(days)]
    visit_id = bought(shop, jiwoo, *things)
    review_asks.plan_requests(shop_id=shop.id, now=clock())
    row = letters(jiwoo, "review_request")[0]
    at = db.session.scalar(db.select(Visit.at).where(Visit.id == visit_id))
    assert row.due_at - at == timedelta(days=after)


def test_what_the_owner_says_about_a_product(shop: AShop, other_shop: AShop) -> None:
    thing = a_product(shop, "원두 200g")
    said: dict[str, Any] = {
        "shop_id": shop.id, "staff_id": shop.owner_id, "product_id": thing, "review_days": "7일",
        "rebuy_days": " 30 ", "is_pick": True, "now": factories.now(),
    }  # fmt: skip
    for _ in range(2):
        product.save(**said)
    line = goods.product(shop.id, thing)
    assert line is not None and (line.review_days, line.rebuy_days, line.is_pick) == (7, 30, True)
    noted = db.select(db.func.count(AuditLine.id)).where(AuditLine.what == "product_set")
    assert db.session.scalar(noted) == 1
    with pytest.raises(Invalid) as wrong:
        product.save(**said | {"review_days": "46", "rebuy_days": "한 달"})
    assert set(wrong.value.fields) == {"review_days", "rebuy_days"}
    with pytest.raises(NotHere):
        product.save(**said | {"shop_id": other_shop.id})
    product.save(**said | {"review_days": "", "rebuy_days": "", "is_pick": False})
    line = goods.product(shop.id, thing)
    assert line is not None and (line.review_days, line.rebuy_days, line.is_pick) == (None, None, False)


def test_a_recommendation_fits_or_is_none(shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    latte, scone, cookie = (
        a_product(shop, name, is_pick=name != "라떼") for name in ("라떼", "스콘", "쿠키")
    )
    third = factories.a_customer(shop, name="정하늘", phone=factories.a_number())
    for days_ago in (3, 10):
        bought(shop, jiwoo, latte, days_ago=days_ago)
    bought(shop, minho, latte, cookie, days_ago=5)
    found = picks(shop_id=shop.id, now=factories.now())
    assert found.fitting(customer_id=jiwoo.id, favourite=latte) == "쿠키", "bought by who buys a latte"
    assert found.fitting(customer_id=minho.id, favourite=latte) == "스콘", "had the cookie lately"
    assert found.fitting(customer_id=third.id, favourite=None) == "", "of whom nothing is known, no guess"
    bought(shop, jiwoo, scone, cookie, days_ago=1)
    found = picks(shop_id=shop.id, now=factories.now())
    assert found.fitting(customer_id=jiwoo.id, favourite=latte) == ""


# --- the cart -----------------------------------------------------------------------------------------


def test_a_cart_that_was_left(
    app: Flask, shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    cart: dict[str, Any] = {
        "shop_id": shop.id, "customer_id": jiwoo.id, "items": "원두 200g 외 1개", "path": "/c/x", "at": clock(),
        "now": clock(),
    }  # fmt: skip
    assert not cart_left.note(**cart), "off until the shop wants it"
    with write() as session:
        session.add(Automation(shop_id=shop.id, kind="cart_left", is_on=True, changed_at=clock()))
    assert sorted(world.all_at_once(app, [lambda: cart_left.note(**cart)] * 3)) == [False, False, True]
    with pytest.raises(NotHere):
        cart_left.note(**cart | {"shop_id": other_shop.id})
    clock.advance(hours=1)
    factories.a_stamp(shop, jiwoo.card_id)  # bought, at the counter
    clock.advance(hours=3)
    drain(clock)
    assert [row.state for row in letters(jiwoo, "cart_left")] == ["cancelled"]
