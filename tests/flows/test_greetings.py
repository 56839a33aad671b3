"""생일과 기념일 축하: on the day at ten, once a year, one word a day, with the coupon, and never late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, current_app

from app.customers.models import Customer
from app.extensions import db
from app.flows import automation, celebrations, come_back, coupon_days, deliver
from app.flows.unit import write
from app.messages.models import Message
from app.shops.models import Shop
from tests import coupons, factories, world
from tests.factories import ACustomer, AShop
from tests.flows.coming import minute
from tests.world import Clock

# In Korea 11월 23일(월), which is 음력 10월 15일 of 2026.
SOLAR = {"birth_month": "11", "birth_day": "23"}
LUNAR = {"birth_month": "10", "birth_day": "15", "birth_calendar": "lunar"}
WEDDING = {"anniversary_name": "결혼기념일", "anniversary_month": "11", "anniversary_day": "23"}


def told(who: ACustomer, **days: str) -> None:
    """Let a person tell their days."""
    celebrations.save(
        shop_id=who.shop_id, customer_id=who.id, typed=days, agrees=True, ip="127.0.0.1", user_agent="test",
        now=factories.now(),
    )  # fmt: skip


def morning(shop: AShop) -> int:
    return coupon_days.give_of_the_day(shop_id=shop.id, now=factories.now())


def letters(who: ACustomer) -> list[tuple[str, str, str]]:
    """Return (kind, channel, state) of what follows from a day, the oldest first."""
    db.session.rollback()
    rows = db.session.scalars(db.select(Message).where(Message.customer_id == who.id).order_by(Message.id))
    kinds = ("birthday", "anniversary", "coupon_gift")
    return [(row.kind, row.channel, row.state) for row in rows if row.kind in kinds]


def words(who: ACustomer, kind: str, channel: str = "card") -> str:
    db.session.rollback()
    found = db.session.scalar(
        db.select(Message.text).where(
            Message.customer_id == who.id, Message.kind == kind, Message.channel == channel
        )
    )
    return str(found)


@pytest.fixture
def eight(clock: Clock) -> Clock:
    """Eight in the morning in Korea, when the clock looks whose day it is."""
    clock.set(world.START.replace(day=22, hour=23, minute=0))
    return clock


def drain(clock: Clock) -> None:
    deliver.drain(wire=current_app.config["WIRE"], clock=clock, limit=50)


@pytest.mark.parametrize("days", [SOLAR, LUNAR], ids=["solar", "lunar"])
def test_a_birthday_at_ten_once(shop: AShop, jiwoo: ACustomer, eight: Clock, days: dict[str, str]) -> None:
    told(jiwoo, **days)
    morning(shop)
    morning(shop)
    assert letters(jiwoo) == [("birthday", "card", "ready"), ("birthday", "own_phone", "ready")]
    eight.advance(hours=1, minutes=59)
    drain(eight)
    assert letters(jiwoo)[0][2] == "ready", "nobody is greeted before ten"
    eight.advance(minutes=1)
    drain(eight)
    assert letters(jiwoo)[0][2] == "sent"
    assert words(jiwoo, "birthday") == (
        "한지우 님, 생일 축하드려요. 봄날커피에서도 오늘을 함께 기뻐하고 있어요."
    )


def test_the_coupon_of_the_day_is_in_the_one_greeting(shop: AShop, jiwoo: ACustomer, eight: Clock) -> None:
    coupons.a_kind(shop, "birthday", name="케이크 한 조각", valid_days="14")
    told(jiwoo, **SOLAR)
    assert (morning(shop), morning(shop)) == (1, 0)
    assert [kind for kind, *_ in letters(jiwoo)] == ["birthday", "birthday"]
    eight.advance(hours=2)
    drain(eight)
    assert words(jiwoo, "birthday").endswith(
        "작은 선물로 케이크 한 조각 쿠폰을 카드에 담아 두었어요. 12월 7일(월)까지 편하게 들러 주세요."
    )


def test_a_coupon_that_was_used_before_ten_is_not_named(shop: AShop, jiwoo: ACustomer, eight: Clock) -> None:
    coupons.a_kind(shop, "birthday", name="케이크 한 조각")
    told(jiwoo, **SOLAR)
    morning(shop)
    coupons.use(shop, coupons.living(jiwoo)[0])
    eight.advance(hours=2)
    drain(eight)
    assert "케이크" not in words(jiwoo, "birthday")


def test_greetings_switched_off_the_coupon_speaks_for_itself(
    shop: AShop, jiwoo: ACustomer, eight: Clock
) -> None:
    automation.switch(shop_id=shop.id, kind="birthday", is_on=False, now=factories.now())
    coupons.a_kind(shop, "birthday")
    told(jiwoo, **SOLAR)
    morning(shop)
    assert {kind for kind, *_ in letters(jiwoo)} == {"coupon_gift"}


def test_a_day_that_is_both_is_greeted_once(shop: AShop, jiwoo: ACustomer, eight: Clock) -> None:
    told(jiwoo, **SOLAR, **WEDDING)
    morning(shop)
    morning(shop)
    assert {kind for kind, *_ in letters(jiwoo)} == {"birthday"}


def test_an_anniversary_by_its_name(shop: AShop, jiwoo: ACustomer, minho: ACustomer, eight: Clock) -> None:
    told(jiwoo, **WEDDING)
    morning(shop)
    eight.advance(hours=2)
    drain(eight)
    assert words(jiwoo, "anniversary").startswith("한지우 님, 결혼기념일 축하드려요.")
    assert letters(minho) == []


def test_who_takes_the_day_back_is_not_greeted(shop: AShop, jiwoo: ACustomer, eight: Clock) -> None:
    told(jiwoo, **SOLAR)
    morning(shop)
    celebrations.forget(
        shop_id=shop.id, customer_id=jiwoo.id, ip="127.0.0.1", user_agent="test", now=factories.now()
    )
    eight.advance(hours=2)
    drain(eight)
    assert {state for *_, state in letters(jiwoo)} == {"cancelled"}


def test_a_clock_that_stood_for_three_days_greets_nobody_late(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, eight: Clock
) -> None:
    """The coupon of the day is given all the same, and says that it is late; whose day it is today is greeted."""
    coupons.a_kind(shop, "birthday")
    eight.advance(days=-1)
    morning(shop)
    told(jiwoo, **SOLAR)
    with write() as session:  # who agreed to the days alone
        row = session.get_one(Customer, minho.id)
        row.birth_month, row.birth_day = 11, 25
    eight.advance(days=3)
    morning(shop)
    eight.advance(hours=2)
    drain(eight)
    assert {state for kind, _way, state in letters(jiwoo) if kind == "birthday"} == {"suppressed"}
    assert words(jiwoo, "coupon_gift").startswith("한지우 님, 조금 늦었지만 생일 축하드려요.")
    assert [state for kind, way, state in letters(minho) if (kind, way) == ("birthday", "card")] == ["sent"]


@pytest.mark.databases("sqlite")
def test_who_is_congratulated_is_not_asked_after_on_that_day(
    shop: AShop, jiwoo: ACustomer, eight: Clock
) -> None:
    for days_ago in (15, 22, 29, 36):
        factories.a_stamp(shop, jiwoo.card_id, at=eight() - timedelta(days=days_ago))
    minute(eight())
    told(jiwoo, **SOLAR)
    morning(shop)
    assert come_back.plan_for(shop_id=shop.id, now=eight()) == 0
    eight.advance(days=1)
    morning(shop)
    assert come_back.plan_for(shop_id=shop.id, now=eight()) == 1


def test_two_clocks_at_once_greet_once(app: Flask, shop: AShop, jiwoo: ACustomer, eight: Clock) -> None:
    coupons.a_kind(shop, "birthday")
    told(jiwoo, **SOLAR)
    found = world.all_at_once(app, [lambda: morning(shop)] * 4)
    assert sum(found) == 1
    assert [kind for kind, *_ in letters(jiwoo)] == ["birthday", "birthday"]


def test_another_shops_day_is_its_own(shop: AShop, other_shop: AShop, jiwoo: ACustomer, eight: Clock) -> None:
    told(jiwoo, **SOLAR)
    morning(other_shop)
    assert letters(jiwoo) == []


@pytest.mark.databases("sqlite")
def test_thank_yous_of_a_worker_that_stood_go_out_once_or_not_at_all(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(days=3)
    for _ in range(2):
        deliver.sweep(now=clock())
        drain(clock)
    rows = db.session.scalars(db.select(Message).where(Message.kind == "thank_you"))
    assert {row.state for row in rows} == {"expired"}
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=2, minutes=1)
    drain(clock)
    drain(clock)
    rows = db.session.scalars(
        db.select(Message).where(Message.kind == "thank_you", Message.channel == "card").order_by(Message.id)
    )
    assert [row.state for row in rows] == ["expired", "sent"]


@pytest.mark.databases("sqlite")
def test_the_first_thank_you_tells_who_we_are(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    coupons.a_kind(shop, "nth_visit", rule_value="2", name="쿠키 한 개")
    with write() as session:
        session.get_one(Shop, shop.id).story = "매일 아침 원두를 볶아요.\n둘째 줄은 길어서 빼요."
    for _ in range(2):
        factories.a_stamp(shop, jiwoo.card_id)
        clock.advance(hours=2, minutes=1)
        drain(clock)
        clock.advance(days=1)
    rows = db.session.scalars(
        db.select(Message.text)
        .where(Message.kind == "thank_you", Message.channel == "card")
        .order_by(Message.id)
    ).all()
    hello = "한지우 님, 봄날커피에 와 주셔서 고맙습니다. 다음에 또 반갑게 맞을게요."
    assert rows == [f"{hello}\n매일 아침 원두를 볶아요.\n다음에 오시면 쿠키 한 개 쿠폰을 드릴게요.", hello]


def test_days_of_another_year_are_greeted_again(shop: AShop, jiwoo: ACustomer, eight: Clock) -> None:
    told(jiwoo, **SOLAR)
    morning(shop)
    eight.advance(days=365)
    morning(shop)
    assert [kind for kind, way, _ in letters(jiwoo) if way == "card"] == ["birthday", "birthday"]
