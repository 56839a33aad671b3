"""S04: nobody who works here stamps their own card or uses what is on it; limits; the close of a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.cards.models import LedgerEntry, Reward
from app.customers.models import Customer
from app.extensions import db
from app.flows import closing as close_flow
from app.flows import own_card, privacy, redeem, staff_limits
from app.flows.own_card import OwnCard
from app.flows.staff_limits import TooManyOverrides
from app.insights import till
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere
from app.shops.models import AuditLine
from tests import factories
from tests.factories import ACustomer, AShop
from tests.world import Clock


def of_staff(shop: AShop, role: str) -> tuple[int, ACustomer, str]:
    """Somebody who works here, whose phone holds a card too: (staff id, card, session token)."""
    staff_id = shop.owner_id if role == "owner" else factories.a_staff(shop, name="민수", role=role)
    card = factories.a_customer(shop)
    token = factories.a_session(shop, staff_id)
    own_card.note_browser(shop_id=shop.id, browser_token=card.browser, staff_token=token, now=factories.now())
    return staff_id, card, token


def refusals(card: ACustomer) -> list[tuple[str, int | None]]:
    """Return what was refused on a card, and to whom."""
    db.session.rollback()
    lines = db.select(LedgerEntry.reason, LedgerEntry.staff_id).where(
        LedgerEntry.card_id == card.card_id, LedgerEntry.kind == "refuse"
    )
    return [tuple(row) for row in db.session.execute(lines)]


@pytest.mark.parametrize("role", ["staff", "manager", "owner"])
@pytest.mark.parametrize("how", ["digits", "scan", "more"])
def test_only_the_owner_stamps_their_own(shop: AShop, role: str, how: str) -> None:
    staff_id, card, _token = of_staff(shop, role)
    own = {"staff_id": staff_id, "how": how}
    if how == "scan":
        own |= {"code": factories.a_code(card)}
    if role == "owner":
        assert factories.a_stamp(shop, card.card_id, **own).balance == 1
        return
    with pytest.raises(OwnCard) as refused:
        factories.a_stamp(shop, card.card_id, **own)
    assert refused.value.card_id == card.card_id
    assert refusals(card) == [("own_card", staff_id)]
    assert factories.a_stamp(shop, card.card_id).balance == 1  # by somebody else


def test_nobody_uses_their_own_reward(shop: AShop, clock: Clock) -> None:
    staff_id, card, _token = of_staff(shop, "manager")
    _holder, reward_id = factories.a_reward(shop, card)
    use: dict[str, Any] = {"shop_id": shop.id, "reward_id": reward_id, "how": "live_card", "now": clock()}
    with pytest.raises(OwnCard):
        redeem.use_reward(**use, staff_id=staff_id, once=factories.once())
    assert refusals(card) == [("own_card", staff_id)]
    db.session.rollback()
    assert db.session.scalar(db.select(Reward.used_at).where(Reward.id == reward_id)) is None
    assert redeem.use_reward(**use, staff_id=shop.owner_id, once=factories.once()).card_id == card.card_id


def test_a_shared_device_and_a_strangers_session_make_nobody_an_owner_of_a_card(
    shop: AShop, other_shop: AShop, clock: Clock
) -> None:
    card = factories.a_customer(shop)
    factories.a_staff(shop)
    shared, _id = factories.a_shared_device(shop)
    elsewhere = factories.a_session(other_shop, other_shop.owner_id)
    for token in (shared, elsewhere, "nobody's", None):
        own_card.note_browser(shop_id=shop.id, browser_token=card.browser, staff_token=token, now=clock())
    assert factories.a_person(card.id).staff_id is None


def test_a_card_is_said_to_be_ones_own_by_its_code(shop: AShop, other_shop: AShop, clock: Clock) -> None:
    staff_id, other = factories.a_staff(shop, name="민수"), factories.a_staff(shop, name="지현")
    card, foreign = factories.a_customer(shop), factories.a_customer(other_shop)
    mine: dict[str, Any] = {"shop_id": shop.id, "now": clock()}
    spoken = factories.a_card(card.card_id).spoken
    for wrong in ("", "????", factories.a_card(foreign.card_id).spoken):
        with pytest.raises(Invalid):
            own_card.link(**mine, staff_id=staff_id, spoken=wrong)
    for _ in range(2):
        own_card.link(**mine, staff_id=staff_id, spoken=f" {spoken.lower()} ")
    with pytest.raises(Invalid):
        own_card.link(**mine, staff_id=other, spoken=spoken)
    with pytest.raises(OwnCard):
        factories.a_stamp(shop, card.card_id, staff_id=staff_id)
    own_card.unlink(**mine, customer_id=card.id, by=shop.owner_id)
    with pytest.raises(NotHere):
        own_card.unlink(**mine, customer_id=card.id, by=shop.owner_id)
    assert factories.a_stamp(shop, card.card_id, staff_id=staff_id).balance == 1
    told = db.select(AuditLine.detail).where(AuditLine.shop_id == shop.id, AuditLine.what == "own_card")
    assert list(db.session.scalars(told.order_by(AuditLine.id))) == ["on", "off"]


def test_a_card_that_leaves_is_nobodys(shop: AShop, clock: Clock) -> None:
    _staff_id, card, _token = of_staff(shop, "staff")
    privacy.erase(shop_id=shop.id, customer_id=card.id, now=clock())
    db.session.rollback()
    assert db.session.scalar(db.select(Customer.staff_id).where(Customer.id == card.id)) is None


def test_after_many_overrides_somebody_else_is_asked(clock: Clock) -> None:
    shop = factories.a_shop("많이", **factories.no_limits())
    staff_id, manager = factories.a_staff(shop), factories.a_staff(shop, role="manager")
    staff_limits.save(
        shop_id=shop.id, staff_id=shop.owner_id, stamps_an_hour="120", overrides_a_day="1", checks_a_day="9",
        now=clock(),
    )  # fmt: skip
    card = factories.a_customer(shop)
    for _ in range(2):
        factories.a_stamp(shop, card.card_id, staff_id=staff_id, at=clock.advance(minutes=1))
    clock.advance(minutes=1)
    with pytest.raises(TooManyOverrides):
        factories.a_stamp(shop, card.card_id, staff_id=staff_id)
    assert refusals(card) == [("staff_limit", staff_id)]
    factories.a_stamp(
        shop, card.card_id, staff_id=staff_id, override_reason=None
    )  # a plain one is never counted
    for by in (manager, shop.owner_id):
        factories.a_stamp(shop, card.card_id, staff_id=by, at=clock.advance(minutes=1))
    clock.advance(days=1)
    factories.a_stamp(shop, card.card_id, staff_id=staff_id)


def test_the_owner_is_told_of_an_hour_full_of_stamps(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = factories.a_shop("바쁜", **factories.no_limits())
    staff_id = factories.a_staff(shop, name="민수")
    staff_limits.save(
        shop_id=shop.id, staff_id=shop.owner_id, stamps_an_hour="3", overrides_a_day="9", checks_a_day="9",
        now=clock(),
    )  # fmt: skip
    at = clock() - timedelta(minutes=40)
    for number in range(3):
        assert till.alert(shop_id=shop.id, now=clock()) is None
        last = factories.a_stamp(
            shop, factories.a_customer(shop).card_id, staff_id=staff_id, override_reason=None,
            at=at + timedelta(seconds=number),
        )  # fmt: skip
    told = (staff_id, "민수 님이 오후 2시부터 한 시간에 도장을 3번 찍었어요.")
    assert till.alert(shop_id=shop.id, now=clock()) == told
    assert till.alert(shop_id=shop.id, now=clock() + timedelta(days=1)) is None
    with monkeypatch.context() as small:
        small.setattr(till, "_LOOKED_AT", 3)
        assert till.alert(shop_id=shop.id, now=clock()) == told
        factories.a_stamp(
            shop, factories.a_customer(shop).card_id, staff_id=shop.owner_id, at=at + timedelta(seconds=9)
        )
        assert till.alert(shop_id=shop.id, now=clock()) is None, (
            "of a very long day only its end is looked at"
        )
    from app.flows.undo import undo_stamp

    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=last.entry_id, now=clock())
    assert till.alert(shop_id=shop.id, now=clock()) is None


def test_a_day_is_closed_corrected_and_never_overwritten(
    shop: AShop, other_shop: AShop, clock: Clock
) -> None:
    staff_id = factories.a_staff(shop, name="민수")
    for by in (shop.owner_id, staff_id, staff_id):
        factories.a_stamp(shop, factories.a_customer(shop).card_id, staff_id=by)
    factories.a_stamp(other_shop, factories.a_customer(other_shop).card_id)
    today = kst_day(clock())
    closes: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "day": today}
    for typed in ("3", "3", " 1,002 ", "", "3"):
        close_flow.close_day(**closes, receipts=typed, now=clock.advance(minutes=1))
    told = [each.receipts for each in till.counted(shop_id=shop.id, day=today)]
    assert told == [3, None, 1002, 3]
    assert till.counted(shop_id=other_shop.id, day=today) == []
    (line,) = till.closed(shop_id=shop.id)
    assert (line.receipts, line.stamps) == (3, 3)
    for wrong in ("-1", "x", "10000"):
        with pytest.raises(Invalid):
            close_flow.close_day(**closes, receipts=wrong, now=clock())
    for day in (today + timedelta(days=1), today - timedelta(days=40)):
        with pytest.raises(Invalid):
            close_flow.close_day(**closes | {"day": day}, receipts="1", now=clock())
    seen = till.day(shop_id=shop.id, day=today, open_minute=540, close_minute=1320, receipts=3)
    assert [(hand.name, hand.stamps, hand.visits) for hand in seen.hands] == [
        ("민수", 2, 2),
        ("김사장", 1, 1),
    ]
    night = till.day(shop_id=shop.id, day=today, open_minute=60, close_minute=120)
    assert sum(number for _hour, _name, number in night.outside) == 3
