"""A certificate is given once, ends with its purchase, and goes where its holder goes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.extensions import db
from app.flows import merge, privacy, refund, retention, warranty, warranty_days, warranty_run
from app.insights import filter_words, filters, groups, own_groups
from app.kit.refusals import Invalid, NotHere
from app.messages.models import Message
from app.shops import queries as shops
from app.visits.import_models import Import
from app.warranties import finding, queries, sales
from app.warranties import kinds as promised
from app.warranties.models import Warranty
from app.warranties.rules import NoWarranty
from tests import factories, world
from tests import warranties as given
from tests.factories import ACustomer, AShop
from tests.flows import taking_in
from tests.flows.ladder import statements
from tests.flows.test_imports import an_order, orders
from tests.world import Clock


def held() -> int:
    """Return how many certificates there are."""
    db.session.rollback()
    return int(db.session.scalar(db.select(db.func.count(Warranty.id))) or 0)


def letters(kind: str, *, state: str = "sent") -> list[int]:
    """Return whom a kind of message reached on the card."""
    db.session.rollback()
    told = db.select(Message.customer_id).where(
        Message.kind == kind, Message.channel == "card", Message.state == state
    )
    return list(db.session.scalars(told.order_by(Message.id)))


def test_a_certificate_is_given_and_told_once(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    kind_id, once = given.a_kind(shop), factories.once()
    serial = given.issued(shop, jiwoo, kind_id, once=once)
    assert given.issued(shop, jiwoo, kind_id, once=once) == serial
    assert held() == 1
    assert letters("warranty_issued") == [jiwoo.id]
    found = queries.certificate(shop_id=shop.id, serial=serial)
    assert found is not None
    assert (found.until, found.price, found.state(date(2027, 11, 23))) == (
        date(2027, 11, 23),
        250_000,
        "valid",
    )
    assert found.state(date(2027, 11, 24)) == "over"


def test_two_taps_at_once_give_one(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    kind_id, once = given.a_kind(shop), factories.once()
    serials = world.all_at_once(app, [lambda: given.issued(shop, jiwoo, kind_id, once=once)] * 4)
    assert len(set(serials)) == 1
    assert held() == 1


def test_what_is_not_given_is_refused(shop: AShop, jiwoo: ACustomer) -> None:
    kind_id, other = given.a_kind(shop), factories.a_shop("다른가게")
    theirs = given.a_kind(other)
    with pytest.raises(NoWarranty):
        given.issued(shop, jiwoo, theirs)
    with pytest.raises(NotHere):
        given.issued(other, jiwoo, theirs)
    with pytest.raises(Invalid):
        given.issued(shop, jiwoo, kind_id, bought_on="2030-01-01")
    warranty.end_kind(shop_id=shop.id, staff_id=shop.owner_id, kind_id=kind_id, now=factories.now())
    with pytest.raises(NoWarranty):
        given.issued(shop, jiwoo, kind_id)
    assert held() == 0


def test_a_change_is_a_new_kind_and_the_old_words_stay(shop: AShop, jiwoo: ACustomer) -> None:
    kind_id = given.a_kind(shop)
    serial = given.issued(shop, jiwoo, kind_id)
    said = {"name": "원목 의자", "product": "", "months": "24", "covers": "모두", "care": ""}
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    once = factories.once()
    new = warranty.change_kind(**own, kind_id=kind_id, said=said, once=once)
    assert warranty.change_kind(**own, kind_id=kind_id, said=said, once=once) == new
    with pytest.raises(NotHere):
        warranty.change_kind(**own, kind_id=kind_id, said=said, once=factories.once())
    assert [kind.id for kind in promised.kinds(shop.id)] == [new]
    found = queries.certificate(shop_id=shop.id, serial=serial)
    assert found is not None
    assert (found.months, found.covers) == (12, "다리는 고쳐 드려요")


def test_every_piece_of_a_purchase_gets_one_and_a_refund_takes_them_back(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    visit_id, item_id, product_id = given.sold(shop, jiwoo, pieces=2)
    kind_id = given.a_kind(shop, product=str(product_id))
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id}
    give: dict[str, Any] = {
        **own,
        "customer_id": jiwoo.id,
        "item_id": item_id,
        "kind_id": kind_id,
        "now": clock(),
    }
    assert len(warranty.issue_for_item(**give)) == 2
    assert warranty.issue_for_item(**give) == []
    assert letters("warranty_issued") == [jiwoo.id], "one word for both pieces"
    refund.refund(**own, visit_id=visit_id, now=clock())
    assert {row.end_cause for row in db.session.scalars(db.select(Warranty))} == {"refund"}
    assert queries.certificates_of(shop_id=shop.id, customer_id=jiwoo.id) == []
    assert letters("warranty_issued") == [], "its letter leaves the card as well"
    with pytest.raises(NotHere):
        warranty.issue_for_item(**give)


def test_what_was_given_by_mistake_may_be_given_again(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    _visit, item_id, product_id = given.sold(shop, jiwoo, pieces=2)
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    give = {**own, "customer_id": jiwoo.id, "item_id": item_id}
    wrong = given.a_kind(shop, name="원목 책상", product=str(product_id))
    first, second = warranty.issue_for_item(**give, kind_id=wrong)
    warranty.take_back(**own, serial=first)
    assert [line.issued for line in sales.lately_sold(shop_id=shop.id, customer_id=jiwoo.id)] == [1]
    right = given.a_kind(shop, product=str(product_id))
    [again] = warranty.issue_for_item(**give, kind_id=right)
    assert warranty.issue_for_item(**give, kind_id=right) == []
    assert given.row(first).ended_at is not None, "what was taken back stays so"
    mine = queries.certificates_of(shop_id=shop.id, customer_id=jiwoo.id)
    assert sorted(each.serial for each in mine) == sorted([again, second])


def test_the_orders_of_a_file_are_given_theirs_once(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    mina = factories.a_customer(shop, name="이미나")
    row = Import(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        once="f",
        name="주문.xlsx",
        state="done",
        kind="orders",
        made_at=clock(),
    )
    db.session.add(row)
    db.session.flush()
    import_id = row.id
    db.session.commit()
    _visit, item_id, product_id = given.sold(shop, jiwoo, pieces=2, import_id=import_id, channel="smartstore")
    given.sold(shop, mina, import_id=import_id, channel="smartstore")
    kind_id = given.a_kind(shop, product=str(product_id))
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "kind_id": kind_id, "now": clock()}
    warranty.issue_for_item(**own, customer_id=jiwoo.id, item_id=item_id)
    which = {"shop_id": shop.id, "import_id": import_id, "product_id": product_id}
    counted = sales.dry_run(**which)
    assert (counted.people, counted.pieces, counted.there, counted.new) == (2, 3, 2, 1)
    del own["shop_id"]
    once = factories.once()
    assert warranty_run.give_orders(**own, **which, once=once).new == 1
    for key in (once, factories.once()):
        warranty_run.give_orders(**own, **which, once=key)
    assert held() == 3
    assert sorted(letters("warranty_issued")) == sorted([jiwoo.id, mina.id])
    other = factories.a_shop("다른가게")
    assert sales.dry_run(**which | {"shop_id": other.id}).pieces == 0


def test_its_holder_is_told_once_before_it_ends(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    kind_id = given.a_kind(shop, months="2")
    serial = given.issued(shop, jiwoo, kind_id)
    told: dict[str, Any] = {"shop_id": shop.id}
    for day in range(70):
        clock.advance(days=1)
        count = warranty_days.plan_ends(**told, now=clock())
        assert count == (day == 30), day  # 23 January is the last day; told thirty days before it
        assert warranty_days.plan_ends(**told, now=clock()) == 0
    assert given.row(serial).until == date(2027, 1, 23)


def test_what_was_taken_back_is_told_nothing_more(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    serial = given.issued(shop, jiwoo, given.a_kind(shop, months="2"))
    for _twice in range(2):
        warranty.take_back(shop_id=shop.id, staff_id=shop.owner_id, serial=serial, now=clock())
    clock.advance(days=31)
    assert warranty_days.plan_ends(shop_id=shop.id, now=clock()) == 0
    other = factories.a_shop("다른가게")
    with pytest.raises(NotHere):
        warranty.take_back(shop_id=other.id, staff_id=other.owner_id, serial=serial, now=clock())


def test_it_goes_along_when_two_become_one_and_back(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    twin = factories.a_customer(shop, name="한지우")
    serial = given.issued(shop, twin, given.a_kind(shop))
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    merged = merge.merge_people(**own, kept_id=jiwoo.id, gone_id=twin.id)
    assert given.row(serial).customer_id == jiwoo.id
    merge.undo_merge(**own, merge_id=merged)
    assert given.row(serial).customer_id == twin.id


def test_who_leaves_leaves_it_without_a_name(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    kind_id = given.a_kind(shop)
    visit_id, item_id, _product = given.sold(shop, jiwoo)
    own: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "customer_id": jiwoo.id,
        "now": clock(),
    }
    [serial] = warranty.issue_for_item(**own, item_id=item_id, kind_id=kind_id)
    given.asked(shop, jiwoo, serial)
    given.offered(shop, jiwoo, serial)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    row = given.row(serial)
    assert (row.customer_id, row.visit_id, row.price) == (None, None, None)
    found = queries.by_ref(row.check_ref)
    assert found is not None
    assert (found.state(date(2026, 11, 23)), found.masked) == ("nobody", "")
    assert visit_id


def test_one_is_found_by_serial_digits_and_name(shop: AShop, clock: Clock) -> None:
    kind_id = given.a_kind(shop)
    mina = factories.a_customer(shop, name="이미나", phone="010-7777-4321")
    serial = given.issued(shop, mina, kind_id)
    shown = f"{serial[:4].lower()}-{serial[4:].lower()}"
    for typed in (shown, "4321", "미나", "ㅇㅁㄴ"):
        found = finding.find(shop_id=shop.id, typed=typed)
        assert [each.serial for each in found] == [serial], typed
    assert finding.find(shop_id=shop.id, typed="없는이름") == []
    other = factories.a_shop("다른가게")
    assert finding.find(shop_id=other.id, typed=serial) == []
    address = f"https://dangol.test/w/{given.row(serial).check_ref}"
    assert finding.scanned(shop_id=shop.id, text=address) == serial
    assert finding.scanned(shop_id=other.id, text=address) is None


def test_many_of_one_name_are_cut_to_the_newest(shop: AShop, monkeypatch: pytest.MonkeyPatch) -> None:
    kind_id = given.a_kind(shop)
    people = [factories.a_customer(shop, name="이미나") for _ in range(4)]
    serials = [given.issued(shop, each, kind_id) for each in people]
    monkeypatch.setattr(finding, "_FEW", 2)
    monkeypatch.setattr(finding, "MOST", 3)
    found = finding.find(shop_id=shop.id, typed="미나")
    assert [each.serial for each in found] == serials[:0:-1]


@pytest.mark.databases("sqlite")
def test_no_look_for_one_reads_all_of_them(shop: AShop, jiwoo: ACustomer) -> None:
    serial = given.issued(shop, jiwoo, given.a_kind(shop))
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "FROM warranties" in statement:
            asked.append((statement, parameters))

    ref = given.row(serial).check_ref
    event.listen(db.engine, "before_cursor_execute", note)
    for typed in (serial, "한지우", "1234"):
        finding.find(shop_id=shop.id, typed=typed)
    finding.scanned(shop_id=shop.id, text=f"https://dangol.test/w/{ref}")
    queries.by_ref(ref)
    queries.certificates_of(shop_id=shop.id, customer_id=jiwoo.id)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) >= 5
    with db.engine.connect() as connection:
        for statement, parameters in asked:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            plan = [str(row[3]) for row in rows]
            assert not any(step.startswith("SCAN warranties") for step in plan), plan


def test_what_a_file_cancels_or_takes_back_loses_its_certificate(shop: AShop, clock: Clock) -> None:
    done = taking_in.take_in(shop, orders(an_order("A"), an_order("B")), clock)
    [product] = sales.products_of_file(shop_id=shop.id, import_id=done.id)
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "product_id": product.id}
    kind_id = given.a_kind(shop, product=str(product.id))
    assert (
        warranty_run.give_orders(
            **own, import_id=done.id, kind_id=kind_id, once=factories.once(), now=clock()
        ).new
        == 2
    )
    taking_in.take_in(shop, orders(an_order("A", state="취소"), an_order("B")), clock)

    def ends() -> list[str]:
        db.session.rollback()
        return sorted(db.session.scalars(db.select(Warranty.end_cause)))

    assert ends() == ["", "refund"]
    with statements() as run:
        taking_in.undo(shop, done.id, clock)
    assert ends() == ["refund", "undone"]
    first = {
        table: min(at for at, each in enumerate(run) if each.startswith(f"UPDATE {table} "))
        for table in ("customers", "warranties")
    }
    assert first["customers"] < first["warranties"], (
        "the people before their certificates, as everybody takes them"
    )


def test_who_holds_a_living_one_is_not_forgotten(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    given.issued(shop, jiwoo, given.a_kind(shop, months="24"))
    clock.advance(days=500)
    assert retention.erase_the_long_gone(shop_id=shop.id, now=clock()) == 0
    clock.advance(days=300)
    assert retention.erase_the_long_gone(shop_id=shop.id, now=clock()) == 1


def test_who_holds_one_is_a_group_and_a_condition(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    kind_id = given.a_kind(shop, months="2")
    given.issued(shop, jiwoo, kind_id)
    other_kind = given.a_kind(shop, name="책상")
    mina = factories.a_customer(shop, name="이미나")
    given.issued(shop, mina, other_kind)

    def count(written: str) -> int:
        rule = filters.read(written, own_groups.choices(shop.id))
        assert rule is not None
        return groups.count_rules(shop_id=shop.id, rules=(rule,), now=clock())

    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    said = {"name": "원목 의자", "product": "", "months": "24", "covers": "", "care": ""}
    new = warranty.change_kind(**own, kind_id=kind_id, said=said, once=factories.once())
    assert own_groups.choices(shop.id)["warranties"] == {str(new): "원목 의자", str(other_kind): "책상"}
    assert groups.count(shop_id=shop.id, group="warranty", now=clock()) == 2
    assert (count(f"holds:{new}:valid"), count(f"holds:{new}:any")) == (1, 1)
    assert filters.read("holds:0:valid", own_groups.choices(shop.id)) is None
    rule = filters.read(f"holds:{new}:valid", own_groups.choices(shop.id))
    assert rule is not None
    words = filter_words.sentence([rule], own_groups.choices(shop.id))
    assert words == "원목 의자 보증서가 아직 남아 있는 손님"
    clock.advance(days=100)
    assert groups.count(shop_id=shop.id, group="warranty", now=clock()) == 1
    assert (count(f"holds:{new}:valid"), count(f"holds:{new}:any")) == (0, 1)


def test_switched_off_it_is_hidden_and_nothing_is_given(shop: AShop, jiwoo: ACustomer) -> None:
    kind_id = given.a_kind(shop)
    assert shops.shop_by_id(shop.id).has("warranties")
    warranty.switch(
        shop_id=shop.id, staff_id=shop.owner_id, is_on=False, notice_days="30", now=factories.now()
    )
    assert not shops.shop_by_id(shop.id).has("warranties")
    with pytest.raises(NoWarranty):
        given.issued(shop, jiwoo, kind_id)
