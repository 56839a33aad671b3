"""By hand, to groups, in the morning: once, in steps, and taken back while there is time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.coupons import book
from app.coupons.rules import GROUP_WAITS
from app.extensions import db
from app.flows import coupon_days, coupon_gifts
from app.flows.coupon_gifts import HasItAlready, NothingToWithdraw
from app.insights import groups
from app.kit.refusals import Invalid, NotHere
from app.messages.models import Message
from tests import coupons, factories, world
from tests.factories import ACustomer, AShop
from tests.world import Clock


def own(shop: AShop) -> dict[str, Any]:
    """Return who does it, in which shop, and when."""
    return {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}


def hand(shop: AShop, holder: ACustomer, kind_id: int, once: str = "") -> int:
    """Give one by hand."""
    return coupon_gifts.give_by_hand(
        **own(shop), customer_id=holder.id, kind_id=kind_id, once=once or factories.once()
    )


def later() -> datetime:
    """Return when the minutes are over in which a gift to many may be stopped."""
    return factories.now() + GROUP_WAITS


def test_by_hand_once_and_taken_back_within_a_day(
    app: Flask, shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    kind_id, once = coupons.a_kind(shop, per_person="2"), factories.once()
    found = world.all_at_once(app, [lambda: hand(shop, jiwoo, kind_id, once)] * 4)
    assert len(set(found)) == 1, found
    with pytest.raises(NothingToWithdraw):
        coupon_gifts.withdraw_one(**own(other_shop), coupon_id=found[0])
    assert coupon_gifts.withdraw_one(**own(shop), coupon_id=found[0]) == jiwoo.id
    assert coupons.living(jiwoo) == []
    first, second = (hand(shop, jiwoo, kind_id) for _ in range(2))
    with pytest.raises(HasItAlready):
        hand(shop, jiwoo, kind_id)
    coupons.use(shop, first)
    for coupon_id in (first, second):
        clock.advance(hours=24)
        with pytest.raises(NothingToWithdraw):
            coupon_gifts.withdraw_one(**own(shop), coupon_id=coupon_id)
    coupons.check(shop)


def test_by_hand_stays_in_the_shop(shop: AShop, other_shop: AShop, jiwoo: ACustomer) -> None:
    with pytest.raises(NotHere):
        hand(other_shop, jiwoo, coupons.a_kind(other_shop))
    with pytest.raises(NotHere):
        hand(other_shop, factories.a_customer(other_shop), coupons.a_kind(shop))


def test_a_group_gets_it_once_in_steps(
    app: Flask, shop: AShop, other_shop: AShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coupon_gifts, "_AT_ONCE", 2)
    regulars = [factories.a_card_with(3, shop) for _ in range(3)]
    newcomer = factories.a_card_with(1, shop)
    factories.a_card_with(3, other_shop)
    assert {
        group: groups.count(shop_id=shop.id, group=group, now=factories.now())
        for group in ("all", "new", "regular", "silent")
    } == {"all": 4, "new": 1, "regular": 3, "silent": 0}
    kind_id, once = coupons.a_kind(shop), factories.once()
    begin = {**own(shop), "kind_id": kind_id, "group": "regular", "counted": 3, "once": once}
    gift_id = coupon_gifts.give_to_group(**begin)
    assert coupon_gifts.give_to_group(**begin) == gift_id
    step = {"shop_id": shop.id, "gift_id": gift_id, "now": later()}
    assert coupon_gifts.go_on(**step, steps=1) is False, "there are more"
    world.all_at_once(app, [lambda: coupon_gifts.go_on(**step)] * 4)
    assert [len(coupons.living(each)) for each in regulars] == [1, 1, 1]
    assert coupons.living(newcomer) == []
    (line,) = book.gifts(shop_id=shop.id, kind_id=kind_id, now=factories.now())
    assert (line.given, line.done, line.may_withdraw) == (3, True, True)
    coupons.use(shop, coupons.living(regulars[0])[0])
    assert coupon_gifts.withdraw_gift(**own(shop), gift_id=gift_id) == 2
    with pytest.raises(NothingToWithdraw):
        coupon_gifts.withdraw_gift(**own(shop), gift_id=gift_id)
    coupons.check(shop)


def test_what_a_stopped_worker_left_is_given_by_the_clock(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    kind_id = coupons.a_kind(shop)
    coupon_gifts.give_to_group(**own(shop), kind_id=kind_id, group="all", counted=2, once=factories.once())
    coupon_days.go_on_giving(now=later() - timedelta(seconds=1))
    assert coupons.living(jiwoo) == [], "it may still be stopped"
    coupon_days.go_on_giving(now=later())
    assert [len(coupons.living(each)) for each in (jiwoo, minho)] == [1, 1]
    assert book.open_gifts(now=later()) == []


def test_a_gift_is_stopped_before_anybody_has_it_and_goes_to_no_other_number_of_people(
    shop: AShop, jiwoo: ACustomer
) -> None:
    give = {**own(shop), "kind_id": coupons.a_kind(shop), "group": "all", "once": factories.once()}
    with pytest.raises(Invalid, match="그사이 1명이 되었어요"):
        coupon_gifts.give_to_group(**give, counted=2)
    gift_id = coupon_gifts.give_to_group(**give, counted=1)
    assert coupon_gifts.withdraw_gift(**own(shop), gift_id=gift_id) == 0
    coupon_days.go_on_giving(now=later())
    assert coupons.held_by(jiwoo) == []


def test_an_unknown_group_is_told(shop: AShop) -> None:
    with pytest.raises(Invalid):
        coupon_gifts.give_to_group(
            **own(shop),
            kind_id=coupons.a_kind(shop),
            group="everybody else's",
            counted=0,
            once=factories.once(),
        )


# --- the morning ------------------------------------------------------------------------------------


def test_birthdays_once_a_year(
    shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def born(*, shop_id: int, day: date) -> list[int]:
        return [jiwoo.id] if shop_id == shop.id and (day.month, day.day) == (11, 23) else []

    monkeypatch.setattr("app.customers.days.birthdays_on", born)
    coupons.a_kind(shop, "birthday", per_person="0")
    given = []
    for _ in range(2):
        given += [coupon_days.give_of_the_day(shop_id=shop.id, now=factories.now()) for _ in range(2)]
        clock.set(world.START.replace(year=2027))
    assert given == [1, 0, 1, 0]
    assert [each.cause for each in coupons.held_by(jiwoo)] == ["birthday:2026", "birthday:2027"]


def test_a_long_silence_once_a_silence(shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock) -> None:
    coupons.a_kind(shop, "win_back", rule_value="30", per_person="0")
    for holder in (jiwoo, minho):
        factories.a_stamp(shop, holder.card_id)

    def morning() -> int:
        return coupon_days.give_of_the_day(shop_id=shop.id, now=factories.now())

    clock.advance(days=29)
    assert morning() == 0
    clock.advance(days=1)
    assert (morning(), morning()) == (1, 0), "민호 agreed to nothing"
    clock.advance(days=5)
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(days=30)
    assert morning() == 1
    coupons.check(shop)


def test_the_word_before_the_end_and_none_for_what_is_gone(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    kept, used, promised = (
        coupons.a_coupon(shop, jiwoo, **typed)
        for typed in ({"valid_days": "30"}, {"valid_days": "30"}, {"rule": "recovery"})
    )
    coupons.use(shop, used)
    clock.advance(days=26)
    assert coupon_days.remind(shop_id=shop.id, now=factories.now()) == 0
    clock.advance(days=1)
    assert [coupon_days.remind(shop_id=shop.id, now=factories.now()) for _ in range(2)] == [2, 0]
    db.session.rollback()
    told = db.select(Message.kind, Message.cause).where(
        Message.kind.in_(("coupon_ends", "coupon_gift_ends")), Message.channel == "card"
    )
    assert {tuple(row) for row in db.session.execute(told)} == {
        ("coupon_gift_ends", f"coupon:{kept}"),
        ("coupon_ends", f"coupon:{promised}"),
    }
