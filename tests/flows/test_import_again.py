"""Files that come again, and files that are undone: nobody and nothing comes back, goes, or is counted by it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from app.customers.models import Customer, Merge
from app.extensions import db
from app.flows import import_run, imports, merge, privacy
from app.flows.person import save_notes
from app.insights.models import DayCount
from app.visits import imports as reads
from app.visits import unmaking
from app.visits.models import Product, Visit, VisitItem
from tests import exports
from tests.factories import ACustomer, AShop
from tests.flows import taking_in
from tests.flows.test_imports import PEOPLE, an_order, orders
from tests.world import Clock


def test_what_was_sent_back_of_an_order_is_no_sale_of_its_day_any_more(shop: AShop, clock: Clock) -> None:
    taking_in.take_in(shop, orders(an_order("B"), an_order("B", won=3000)), clock)
    db.session.execute(update(Customer).values(stale_at=None))
    db.session.commit()
    taking_in.take_in(shop, orders(an_order("B"), an_order("B", won=3000, state="반품")), clock)
    sums = db.session.execute(select(DayCount.sales, DayCount.priced).where(DayCount.visits > 0)).all()
    assert [tuple(row) for row in sums] == [(4500, 1)]
    assert db.session.scalar(select(Customer.stale_at)) == clock(), "what they spent is worked out anew"


@pytest.mark.databases("sqlite")
def test_what_was_given_back_is_not_told_as_taken_before_the_press(shop: AShop, clock: Clock) -> None:
    looked = taking_in.read(shop, orders(an_order("A"), an_order("B"), an_order("B", won=-4500)), clock)
    assert (looked.found["won"], looked.found["standing"]) == (4500, 1)


def test_who_was_forgotten_does_not_come_back_with_the_same_orders(shop: AShop, clock: Clock) -> None:
    rows = orders(an_order("A"), an_order("B"))
    taking_in.take_in(shop, rows, clock)
    who = db.session.scalar(select(Customer.id).where(Customer.name == "김민지"))
    assert who is not None
    privacy.erase(shop_id=shop.id, customer_id=who, now=clock())
    again = taking_in.take_in(shop, rows, clock)
    assert (again.people, again.added, again.there, taking_in.people(shop)) == (0, 0, 2, [])


def test_what_came_after_the_dry_run_by_another_file_comes_once_and_brings_nobody_back(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.flows.import_read.PIECE", 2)
    late = [an_order(key, phone=f"010-2222-000{key}", name=f"손님{key}") for key in "123456"]
    looked = taking_in.read(shop, orders(*late), clock)
    assert looked.found["there"] == 0
    taking_in.take_in(shop, orders(late[2], late[5]), clock)
    forgotten = db.session.scalar(select(Customer.id).where(Customer.name == "손님6"))
    assert forgotten is not None
    privacy.erase(shop_id=shop.id, customer_id=forgotten, now=clock())
    taking_in.begin(shop, looked.id, clock)
    done = taking_in.go_on(shop, looked.id, clock)
    assert (done.state, done.people, done.added, done.there) == ("done", 4, 4, 2)
    assert [name for name, _phone, _count in taking_in.people(shop)] == [f"손님{key}" for key in "12345"]
    assert [count for _name, _phone, count in taking_in.people(shop)] == [1] * 5


def test_of_a_file_that_was_here_in_part_the_rest_comes_with_its_own_things(
    shop: AShop, clock: Clock
) -> None:
    def sold(key: str, what: str) -> tuple[object, ...]:
        return (key, "2026-11-20", f"손님{key}", f"010-1111-000{key}", what, 1, 4500, "")

    taking_in.take_in(shop, orders(sold("1", "라떼"), sold("3", "차")), clock)
    rows = [sold("1", "라떼"), sold("2", "쿠키"), sold("3", "차"), sold("4", "귤")]
    done = taking_in.take_in(shop, orders(*rows), clock)
    assert (done.people, done.added, done.there) == (2, 2, 2)
    bought = (
        select(Customer.name, Visit.source_key, Product.name)
        .join(Visit, Visit.customer_id == Customer.id)
        .join(VisitItem, VisitItem.visit_id == Visit.id)
        .join(Product, Product.id == VisitItem.product_id)
        .order_by(Visit.source_key)
    )
    assert [tuple(row) for row in db.session.execute(bought)] == [
        ("손님1", "1", "라떼"),
        ("손님2", "2", "쿠키"),
        ("손님3", "3", "차"),
        ("손님4", "4", "귤"),
    ]


def test_a_number_that_somebody_else_gave_once_is_not_theirs(shop: AShop, clock: Clock) -> None:
    titles = [
        "주문번호",
        "발주일",
        "주문자ID",
        "주문자명",
        "주문자 휴대전화",
        "주문상품명(기본)",
        "총 결제금액(KRW)",
    ]

    def by(key: str, account: str, phone: str, name: str) -> list[object]:
        return [key, "2026-11-20", account, name, phone, "라떼", 4500]

    taking_in.take_in(shop, exports.plain([titles, by("A", "minji", "010-1111-2222", "김민지")]), clock)
    later = [by("B", "minji", "010-3333-4444", "김민지"), by("C", "hana", "010-3333-4444", "최하나")]
    taking_in.take_in(shop, exports.plain([titles, *later]), clock)
    assert taking_in.people(shop) == [("김민지", "+821011112222", 2), ("최하나", "+821033334444", 1)]


def test_one_covered_name_is_not_one_person(shop: AShop, clock: Clock) -> None:
    rows = [
        an_order(key, phone="", name=name)
        for key, name in (("A", "김*지"), ("B", "김*지"), ("C", "최하나"), ("D", "최하나"))
    ]
    taking_in.take_in(shop, orders(*rows), clock, joins_names=True)
    assert taking_in.people(shop) == [("김*지", None, 1), ("김*지", None, 1), ("최하나", None, 2)]


def test_whom_the_shop_wrote_something_of_stays_when_it_is_undone(shop: AShop, clock: Clock) -> None:
    done = taking_in.take_in(shop, exports.plain(PEOPLE), clock)
    who = db.session.scalar(select(Customer.id).where(Customer.name == "김민지"))
    assert who is not None
    save_notes(
        shop_id=shop.id, customer_id=who, staff_id=shop.owner_id, name="김민지", memo="창가 자리", likes="라떼 연하게",
        ip="", now=clock(),
    )  # fmt: skip
    undone = taking_in.undo(shop, done.id, clock)
    assert (undone.found["stayed"], taking_in.people(shop)) == (1, [("김민지", "+821011112222", 0)])


def test_who_was_two_again_after_their_file_went_never_came(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    done = taking_in.take_in(shop, orders(an_order("A")), clock)
    who = db.session.scalar(select(Customer.id).where(Customer.name == "김민지"))
    assert who is not None
    by: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    merge.merge_people(**by, kept_id=jiwoo.id, gone_id=who)
    taking_in.undo(shop, done.id, clock)
    merge.undo_merge(**by, merge_id=db.session.scalars(select(Merge.id)).one())
    rows = select(Customer.visit_count, Customer.first_visit_at, Customer.last_visit_at)
    assert [tuple(row) for row in db.session.execute(rows)] == [(0, None, None)] * 2


@pytest.mark.databases("sqlite")
def test_a_long_menu_is_taken_back_in_steps(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(f"A{n}", "2026-11-20", "김민지", "010-1111-2222", f"차 {n}", 1, 4500, "") for n in range(3)]
    done = taking_in.take_in(shop, orders(*rows), clock)
    monkeypatch.setattr(import_run, "_PRODUCTS_AT_ONCE", 2)
    asked: list[int] = []
    real = unmaking.take_products_back

    def counted(session: Any, **how: Any) -> None:
        asked.append(len(how["product_ids"]))
        real(session, **how)

    monkeypatch.setattr(unmaking, "take_products_back", counted)
    taking_in.undo(shop, done.id, clock)
    assert (asked, taking_in.count(Product, shop)) == ([2, 1], 0)


@pytest.mark.databases("sqlite")
def test_columns_named_by_a_slip_are_asked_for_again(shop: AShop, clock: Clock) -> None:
    rows = exports.plain([["닉", "폰"], ["콩이네", "010-1111-2222"]])
    looked = taking_in.read(shop, rows, clock)
    say: dict[str, Any] = {"shop_id": shop.id, "import_id": looked.id, "day": "", "now": clock()}
    imports.name_columns(**say, kind="orders", chosen={"at": "1", "name": "0"})
    for again in (taking_in.go_on(shop, looked.id, clock), taking_in.read(shop, rows, clock)):
        assert again.state == "columns" and "주문한 날을 읽을 수 없어요" in again.detail
    imports.name_columns(**say, kind="people", chosen={"name": "0", "phone": "1"})
    assert taking_in.go_on(shop, looked.id, clock).state == "checked"
    assert taking_in.read(shop, rows, clock).state == "checked", "and it is remembered"


def test_two_told_apart_may_still_be_one_with_a_third(shop: AShop, clock: Clock) -> None:
    rows = [an_order(key, phone="", name="최하나") for key in "ABC"]
    taking_in.take_in(shop, orders(*rows), clock)
    one, two, three = db.session.scalars(
        select(Customer.id).where(Customer.shop_id == shop.id).order_by(Customer.id)
    )
    pairs = [(each.one_id, each.other_id) for each in reads.alike(shop.id)]
    assert pairs == [(two, one), (three, one)]
    imports.tell_apart(shop_id=shop.id, staff_id=shop.owner_id, one_id=two, other_id=one, now=clock())
    assert [(each.one_id, each.other_id) for each in reads.alike(shop.id)] == [(three, one)]
    imports.tell_apart(shop_id=shop.id, staff_id=shop.owner_id, one_id=one, other_id=three, now=clock())
    assert [(each.one_id, each.other_id) for each in reads.alike(shop.id)] == [(three, two)]
