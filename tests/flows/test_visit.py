"""A visit without a stamp: what it counts, what it sets off, that it comes once, and how it is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.customers.models import Customer
from app.extensions import db
from app.flows import amount as put_amount
from app.flows import visit as flow
from app.flows.undo import undo_stamp
from app.flows.unit import after_a_race, write
from app.insights.models import DayCount
from app.kit.refusals import NotHere
from app.messages.models import Message
from app.programs.rules import NoSuchPerson, OtherOrder
from app.shops.models import AuditLine
from app.visits import goods
from app.visits.models import Product, Visit, VisitItem
from app.visits.rules import Bought, NotToday, ToldElsewhere
from tests import factories
from tests.factories import ACustomer, AShop
from tests.world import Clock, all_at_once

LATTE = Bought("라떼", 2, 4500)


def _record(shop: AShop, who: ACustomer, clock: Clock, **changes: Any) -> tuple[int, bool]:
    facts: dict[str, Any] = {
        "shop_id": shop.id, "customer_id": who.id, "at": clock(), "channel": "pos", "amount": 9000,
        "items": [LATTE], "source_key": None, "staff_id": None, "now": clock(),
    }  # fmt: skip

    def written() -> tuple[int, bool]:
        with write() as session:
            return flow.record(session, **facts | changes)

    return after_a_race(written)


def _sums(shop: AShop) -> tuple[int, int, int]:
    db.session.rollback()
    names = (DayCount.visits, DayCount.returning_visits, DayCount.new_customers)
    row = db.session.execute(
        db.select(*(db.func.coalesce(db.func.sum(name), 0) for name in names)).where(
            DayCount.shop_id == shop.id
        )
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def _person(who: ACustomer) -> Customer:
    db.session.rollback()
    return db.session.scalars(db.select(Customer).where(Customer.id == who.id)).one()


def _count(table: Any, *where: Any) -> int:
    db.session.rollback()
    return int(db.session.scalar(db.select(db.func.count(table.id)).where(*where)) or 0)


def test_a_purchase_counts_as_a_visit_with_what_was_bought(
    clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    visit_id, is_new = _record(shop, jiwoo, clock, source_key="A-1")
    assert is_new
    assert _sums(shop) == (1, 0, 1)
    assert (_person(jiwoo).visit_count, _person(jiwoo).last_visit_at) == (1, clock())
    visit = db.session.scalars(db.select(Visit).where(Visit.id == visit_id)).one()
    assert (visit.channel, visit.amount, visit.source_key, visit.is_first) == ("pos", 9000, "A-1", True)
    assert [(line.name, line.price) for line in goods.products(shop.id)] == [("라떼", 4500)]
    thanks = Message.kind == "thank_you"
    assert _count(Message, thanks, Message.cause == f"visit:{visit_id}") > 0, "whoever stands here is thanked"


def test_an_order_of_last_week_is_counted_on_its_day_and_thanks_nobody(
    clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    before = _count(Message)
    _record(shop, jiwoo, clock, at=clock() - timedelta(days=7), channel="smartstore", source_key="S-1")
    assert _count(Message) == before
    assert _sums(shop) == (2, 1, 1)
    person = _person(jiwoo)
    assert (person.first_visit_at, person.last_visit_at) == (clock() - timedelta(days=7), clock())


def test_the_same_order_is_one_purchase_and_another_one_of_that_number_is_refused(
    app: Flask, clock: Clock, shop: AShop, jiwoo: ACustomer, other_shop: AShop
) -> None:
    results = all_at_once(app, [lambda: _record(shop, jiwoo, clock, source_key="A-1")] * 4)
    assert sorted(is_new for _id, is_new in results) == [False, False, False, True]
    assert len({visit_id for visit_id, _ in results}) == 1
    assert _sums(shop) == (1, 0, 1)
    assert _count(VisitItem) == 1
    with pytest.raises(OtherOrder):
        _record(shop, jiwoo, clock, source_key="A-1", amount=1)
    with pytest.raises(NoSuchPerson):
        _record(other_shop, jiwoo, clock)
    assert _sums(other_shop) == (0, 0, 0)


def test_a_purchase_and_the_stamp_for_it_are_one_visit_in_either_order(
    clock: Clock, shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    assert not _record(shop, jiwoo, clock, source_key="A-1", at=clock() + timedelta(minutes=1))[1]
    assert _record(shop, jiwoo, clock, source_key="A-2")[1], "a second receipt is a purchase of its own"
    _record(shop, minho, clock, source_key="A-3")
    factories.a_stamp(shop, minho.card_id, amount=9000)
    assert _sums(shop) == (3, 1, 2)
    paid = db.session.scalars(db.select(Visit.amount).where(Visit.customer_id == minho.id)).all()
    assert paid == [9000], "not twice what was paid"


def test_an_online_order_is_no_visit_that_a_stamp_could_belong_to(
    clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    _record(shop, jiwoo, clock, channel="cafe24", source_key="C-1")
    factories.a_stamp(shop, jiwoo.card_id)
    assert _sums(shop) == (2, 1, 1)


def test_the_amount_that_staff_typed_for_it_is_the_same_purchase(
    clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    stamped = factories.a_stamp(shop, jiwoo.card_id)
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    put_amount.put(**own, entry_id=stamped.entry_id, typed="9000")
    assert not _record(shop, jiwoo, clock, source_key="A-1")[1]
    assert _record(shop, jiwoo, clock, source_key="A-2", amount=500)[1]


def test_a_refund_takes_back_the_visit_and_its_stamp_once(
    app: Flask, clock: Clock, shop: AShop, jiwoo: ACustomer, other_shop: AShop
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    visit_id, _ = _record(shop, jiwoo, clock, source_key="A-1")

    def back(of: AShop = shop) -> bool:
        with write() as session:
            return flow.refund(session, shop_id=of.id, visit_id=visit_id, staff_id=of.owner_id, now=clock())

    with pytest.raises(NotHere):
        back(other_shop)
    assert sorted(all_at_once(app, [back] * 3)) == [False, False, True]
    assert _sums(shop) == (0, 0, 0)
    assert (_person(jiwoo).visit_count, factories.a_card(jiwoo.card_id).balance) == (0, 0)


def test_a_stamp_taken_back_leaves_the_purchase_it_was_for(
    clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    stamped = factories.a_stamp(shop, jiwoo.card_id)
    _record(shop, jiwoo, clock)
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=stamped.entry_id, now=clock())
    assert _sums(shop) == (1, 0, 1)
    assert factories.a_card(jiwoo.card_id).balance == 0


def test_what_staff_write_down_comes_once_and_can_be_crossed_out(
    app: Flask, clock: Clock, shop: AShop, jiwoo: ACustomer, other_shop: AShop
) -> None:
    def write_down(once: str = "tap-0001", **more: Any) -> tuple[int, bool]:
        facts = {"customer_id": jiwoo.id, "amount": None, "items": [LATTE], "once": once, "now": clock()}
        return flow.write_down(shop_id=shop.id, staff_id=shop.owner_id, **facts | more)

    results = all_at_once(app, [write_down] * 3)
    visit_id = results[0][0]
    assert {each[0] for each in results} == {visit_id}
    assert db.session.scalar(db.select(Visit.amount).where(Visit.id == visit_id)) == 9000
    by: dict[str, Any] = {"visit_id": visit_id, "now": clock()}
    with pytest.raises(NotHere):
        flow.cross_out(shop_id=other_shop.id, staff_id=other_shop.owner_id, **by)
    assert flow.cross_out(shop_id=shop.id, staff_id=shop.owner_id, **by) == jiwoo.id
    with pytest.raises(NotHere):
        flow.cross_out(shop_id=shop.id, staff_id=shop.owner_id, **by)
    assert _sums(shop) == (0, 0, 0)
    factories.a_stamp(shop, jiwoo.card_id)
    stamped, is_new = write_down("tap-0002")
    assert not is_new
    flow.cross_out(shop_id=shop.id, staff_id=shop.owner_id, visit_id=stamped, now=clock())
    assert _sums(shop) == (1, 0, 1), "the stamp stands, only what was written down is gone"
    assert _count(Product) == 1


def _paid(shop: AShop) -> list[int | None]:
    db.session.rollback()
    sales = db.session.scalar(db.select(db.func.sum(DayCount.sales)).where(DayCount.shop_id == shop.id))
    amounts = list(
        db.session.scalars(
            db.select(Visit.amount).where(Visit.shop_id == shop.id, Visit.reversed_at.is_(None))
        )
    )
    assert sales == sum(each or 0 for each in amounts)
    return amounts


def test_crossing_out_leaves_what_was_typed_with_the_stamp(
    clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id}
    factories.a_stamp(shop, jiwoo.card_id, amount=9000)
    what = {"customer_id": jiwoo.id, "amount": None, "items": [LATTE], "once": "tap-0003", "now": clock()}
    visit_id, is_new = flow.write_down(**own, **what)
    assert not is_new and _paid(shop) == [9000]
    with pytest.raises(NotToday):
        flow.cross_out(**own, visit_id=visit_id, now=clock() + timedelta(days=1))
    flow.cross_out(**own, visit_id=visit_id, now=clock())
    assert (_paid(shop), _count(VisitItem)) == ([9000], 0)
    said = db.session.scalars(db.select(AuditLine.detail).where(AuditLine.what == "amount_changed")).all()
    assert said == ["9000 → 9000"]


def test_what_a_till_told_is_not_typed_over_nor_taken_off_with_a_stamp(
    clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    _record(shop, jiwoo, clock, source_key="A-1")
    first = factories.a_stamp(shop, jiwoo.card_id, amount=9000)
    factories.a_stamp(shop, jiwoo.card_id, at=clock.advance(minutes=20))
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    with pytest.raises(ToldElsewhere):
        put_amount.put(**own, entry_id=first.entry_id, typed="5")
    undo_stamp(**own, entry_id=first.entry_id)
    assert _paid(shop) == [9000], "it was paid all the same"
    assert not _record(shop, jiwoo, clock, source_key="A-1")[1], "and the till may tell it again"
