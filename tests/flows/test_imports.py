"""주문·명단 가져오기: every line is accounted for, nothing comes twice, killed and undone at any step."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.cards.models import Card
from app.customers.models import Consent, Customer
from app.extensions import db, files_dir
from app.flows import import_run, imports, privacy
from app.insights.models import DayCount
from app.kit.refusals import Invalid, NotHere
from app.visits import imports as reads
from app.visits.import_models import Buyer, Import, ImportLeft
from app.visits.models import Product, Visit
from tests import exports, factories
from tests.factories import ACustomer, AShop
from tests.flows import taking_in
from tests.world import Clock, all_at_once

PEOPLE = [
    ["이름", "휴대폰", "주소"],
    ["한지우", "010-2345-6789", "서울"],
    ["김민지", "010-1111-2222", "부산"],
    ["최하나", "", ""],
]
TITLES = ["주문번호", "주문일", "이름", "휴대폰", "상품", "수량", "금액", "상태"]


def orders(*rows: tuple[object, ...]) -> bytes:
    return exports.plain([TITLES, *[list(row) for row in rows]])


def an_order(
    key: str,
    day: str = "2026-11-20",
    phone: str = "010-1111-2222",
    won: int = 4500,
    state: str = "",
    name: str = "김민지",
) -> tuple[object, ...]:
    return (key, day, name, phone, "라떼", 1, won, state)


@pytest.fixture(autouse=True)
def empty_store(app: Flask) -> None:
    """Let nothing lie in the store from a test before."""
    shutil.rmtree(files_dir() / "imports", ignore_errors=True)


def left_behind(shop: AShop) -> list[str]:
    folder = files_dir() / "imports" / str(shop.id)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_list_comes_in_without_any_consent(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    agreed = taking_in.count(Consent, shop)
    looked = taking_in.read(shop, exports.plain(PEOPLE), clock)
    assert (looked.found["known"], looked.found["no_phone"], looked.found["dropped"]) == (1, 1, ["주소"])
    assert looked.found["lines"] == looked.found["taken"] + looked.found["left"] + looked.found["blank"] == 4
    assert taking_in.people(shop) == [("한지우", "+821023456789", 0)], "nothing is written before the press"
    taking_in.begin(shop, looked.id, clock)
    taking_in.begin(shop, looked.id, clock)
    done = taking_in.go_on(shop, looked.id, clock)
    assert (done.state, done.people, done.there) == ("done", 2, 1)
    assert taking_in.people(shop) == [
        ("김민지", "+821011112222", 0),
        ("최하나", None, 0),
        ("한지우", "+821023456789", 0),
    ]
    assert taking_in.count(Consent, shop) == agreed
    assert taking_in.count(Card, shop) == 3, "the next visit can be stamped by their number"
    assert left_behind(shop) == [] and "samples" not in done.found
    again = taking_in.take_in(shop, exports.plain(PEOPLE), clock)
    assert (again.people, again.there) == (0, 3)


def test_the_days_and_the_people_are_counted_again(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    rows = [
        an_order("A", "2026-11-20", "010-2345-6789", name="한지우"),
        an_order("B", "2026-11-20"),
        an_order("C", "2026-11-21 09:00"),
    ]
    done = taking_in.take_in(shop, orders(*rows), clock)
    assert (done.added, done.people) == (3, 1)
    assert taking_in.people(shop) == [("김민지", "+821011112222", 2), ("한지우", "+821023456789", 2)]
    assert [row.is_first for row in taking_in.visits(shop, Visit.is_first)] == [True, True, False, False]
    sums = {
        row.day.day: (row.visits, row.returning_visits, row.new_customers, row.stamps)
        for row in db.session.scalars(select(DayCount))
        if row.visits or row.stamps
    }
    assert sums == {20: (2, 0, 2, 0), 21: (1, 1, 0, 0), 23: (1, 1, 0, 1)}
    taking_in.undo(shop, done.id, clock)
    sums = {
        row.day.day: (row.visits, row.returning_visits, row.new_customers, row.stamps)
        for row in db.session.scalars(select(DayCount))
        if row.visits or row.stamps
    }
    assert sums == {23: (1, 0, 1, 1)}
    assert taking_in.people(shop) == [("한지우", "+821023456789", 1)]
    assert (taking_in.count(Product, shop), taking_in.count(Buyer, shop)) == (0, 0)
    assert taking_in.take_in(shop, orders(*rows), clock).added == 3, "and may come again"


def test_what_was_cancelled_since_is_taken_back(shop: AShop, clock: Clock) -> None:
    taking_in.take_in(shop, orders(an_order("A"), an_order("B"), an_order("B", won=3000)), clock)
    rows = orders(
        an_order("A", state="취소완료"),
        an_order("B"),
        an_order("B", won=3000, state="반품"),
        an_order("N", state="취소"),
    )
    done = taking_in.take_in(shop, rows, clock)
    assert (done.added, done.ended, done.there) == (0, 1, 1)
    assert [
        (row.source_key, row.amount, row.reversed_at is None)
        for row in taking_in.visits(shop, Visit.source_key, Visit.amount, Visit.reversed_at)
    ] == [("A", 4500, False), ("B", 4500, True)]
    assert taking_in.people(shop) == [("김민지", "+821011112222", 1)]
    assert [line.words for line in reads.left(shop.id, done.id)] == ["취소하거나 반품한 주문이에요"]


@pytest.mark.parametrize("after", range(1, 8))
def test_killed_after_any_step_it_goes_on(
    app: Flask, shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr("app.flows.import_read.PIECE", 2)
    monkeypatch.setattr(import_run, "_PEOPLE_AT_ONCE", 2)
    rows = [
        an_order(f"A{n}", f"2026-1{n % 2}-0{n}", f"010-1111-000{n}", name=f"손님{n}") for n in range(1, 6)
    ]
    looked = taking_in.read(shop, orders(*rows), clock)
    taking_in.begin(shop, looked.id, clock)
    taking_in.go_on(shop, looked.id, clock, steps=after)
    works = [lambda: import_run.go_on(shop_id=shop.id, import_id=looked.id, clock=clock)] * 2
    assert all_at_once(app, works) == [True, True]
    done = taking_in.view(shop, looked.id)
    assert (done.state, done.added, done.people, done.seen) == ("done", 5, 5, 5)
    assert [count for _name, _phone, count in taking_in.people(shop)] == [1] * 5
    undone = taking_in.undo(shop, looked.id, clock)
    assert (undone.state, taking_in.people(shop), taking_in.count(Visit, shop)) == ("undone", [], 0)


def test_stopped_in_the_middle_the_rest_does_not_come(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.flows.import_read.PIECE", 1)
    looked = taking_in.read(shop, orders(an_order("A"), an_order("B")), clock)
    taking_in.begin(shop, looked.id, clock)
    taking_in.go_on(shop, looked.id, clock, steps=1)
    assert not imports.cancel(shop_id=shop.id, import_id=looked.id, now=clock())
    done = taking_in.go_on(shop, looked.id, clock)
    assert (done.state, done.added, done.may_undo) == ("cancelled", 1, True)
    assert taking_in.people(shop) == [("김민지", "+821011112222", 1)] and left_behind(shop) == []
    other = taking_in.read(shop, orders(an_order("C")), clock)
    assert imports.cancel(shop_id=shop.id, import_id=other.id, now=clock())
    assert left_behind(shop) == [] and "samples" not in taking_in.view(shop, other.id).found


def test_who_was_stamped_since_stays_when_it_is_undone(shop: AShop, clock: Clock) -> None:
    done = taking_in.take_in(
        shop, orders(an_order("A"), an_order("B", phone="010-3333-4444", name="박서준")), clock
    )
    person, card = db.session.execute(
        select(Customer.id, Card.id)
        .join(Card, Card.customer_id == Customer.id)
        .where(Customer.name == "김민지")
    ).one()
    factories.a_stamp(shop, card)
    factories.a_stamp(shop, card, at=clock.advance(days=1))
    undone = taking_in.undo(shop, done.id, clock)
    assert undone.found["stayed"] == 1
    assert taking_in.people(shop) == [("김민지", "+821011112222", 2)]
    privacy.erase(shop_id=shop.id, customer_id=person, now=clock())
    assert taking_in.count(Buyer, shop) == 0


def test_the_same_press_brings_one_file(app: Flask, shop: AShop, clock: Clock) -> None:
    once = factories.once()

    def bring() -> int:
        upload = io.BytesIO(exports.plain(PEOPLE))
        return imports.bring(
            shop_id=shop.id, staff_id=shop.owner_id, once=once, name="a", upload=upload, now=clock()
        )

    first, second = all_at_once(app, [bring, bring])
    assert first == second and taking_in.count(Import, shop) == 1 and len(left_behind(shop)) == 1


@pytest.mark.databases("sqlite")
def test_columns_are_named_once(shop: AShop, other_shop: AShop, clock: Clock) -> None:
    rows = exports.plain([["닉", "폰", "메모"], ["콩이네", "010-1111-2222", "멍멍"]])
    looked = taking_in.read(shop, rows, clock)
    assert looked.state == "columns"
    with pytest.raises(Invalid, match="이름이나 휴대폰"):
        imports.name_columns(
            shop_id=shop.id, import_id=looked.id, kind="people", chosen={"memo": "2"}, day="", now=clock()
        )
    imports.name_columns(
        shop_id=shop.id,
        import_id=looked.id,
        kind="people",
        chosen={"name": "0", "phone": "1", "memo": "9"},
        day="",
        now=clock(),
    )
    assert taking_in.go_on(shop, looked.id, clock).state == "checked"
    assert taking_in.read(shop, rows, clock).found["dropped"] == ["메모"], (
        "the same titles are not asked about again"
    )
    assert taking_in.read(other_shop, rows, clock).state == "columns", "but in another shop"


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfa\x81\x20" * 40, "글자를 읽을 수 없는"),
        (exports.plain([["하나"], ["둘"]]), "열 이름"),
        (exports.plain([TITLES]), "가져올 줄이 없어요"),
        (orders(an_order("A", state="취소")), None),
        (orders(("A", "어제", "", "", "", "", "", "")), "주문한 날을 읽을 수 없어요"),
    ],
)
def test_what_can_not_be_taken_in_says_why(shop: AShop, clock: Clock, data: bytes, words: str | None) -> None:
    looked = taking_in.read(shop, data, clock)
    if words is None:
        assert looked.state == "checked"
        return
    assert looked.state == "refused" and words in looked.detail and looked.detail.endswith((".", "요."))
    assert left_behind(shop) == []


@pytest.mark.databases("sqlite")
def test_a_worker_that_dies_is_followed_three_times(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: object, **_how: object) -> None:
        raise KeyboardInterrupt

    made = imports.bring(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        once=factories.once(),
        name="a",
        upload=io.BytesIO(exports.plain(PEOPLE)),
        now=clock(),
    )
    with monkeypatch.context() as dying:
        dying.setattr("app.flows.import_read.tables.read", die)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                import_run.go_on(shop_id=shop.id, import_id=made, clock=clock)
            assert import_run.go_on(shop_id=shop.id, import_id=made, clock=clock), "its hold is respected"
            clock.advance(minutes=5)
    assert taking_in.go_on(shop, made, clock).state == "refused"


def test_a_file_that_was_lost_can_be_brought_again(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.flows.import_read.PIECE", 1)
    looked = taking_in.read(shop, orders(an_order("A"), an_order("B")), clock)
    taking_in.begin(shop, looked.id, clock)
    taking_in.go_on(shop, looked.id, clock, steps=1)
    for path in Path(files_dir() / "imports" / str(shop.id)).iterdir():
        os.unlink(path)
    done = taking_in.go_on(shop, looked.id, clock)
    assert (done.state, done.added) == ("cancelled", 1) and "다시 올려" in done.detail
    assert taking_in.take_in(shop, orders(an_order("A"), an_order("B")), clock).added == 1


@pytest.mark.databases("sqlite")
def test_another_shops_file_is_not_there(shop: AShop, other_shop: AShop, clock: Clock) -> None:
    looked = taking_in.read(shop, exports.plain(PEOPLE), clock)
    who = {"shop_id": other_shop.id, "import_id": looked.id, "now": clock()}
    with pytest.raises(NotHere):
        imports.begin(**who, staff_id=other_shop.owner_id, joins_names=False)
    with pytest.raises(NotHere):
        imports.cancel(**who)
    taking_in.take_in(other_shop, exports.plain(PEOPLE), clock)
    assert taking_in.people(shop) == [] and len(taking_in.people(other_shop)) == 3


@pytest.mark.databases("sqlite")
def test_every_line_is_accounted_for_in_a_broken_file(shop: AShop, clock: Clock) -> None:
    rows = [
        an_order(f"K{n}") if n % 3 else ("", "??", "", "", "", "", "x", "") if n % 2 else ()
        for n in range(3_000)
    ]
    looked = taking_in.read(shop, orders(*rows, an_order("end")), clock)
    found = looked.found
    assert found["lines"] == 3_002 == found["taken"] + found["left"] + found["blank"]
    spans = db.session.execute(
        select(ImportLeft.first, ImportLeft.last).where(ImportLeft.shop_id == shop.id)
    ).all()
    assert sum(last - first + 1 for first, last in spans) == found["left"] == 500


@pytest.mark.databases("sqlite")
def test_a_file_that_fails_rests_and_costs_the_others_nothing(
    shop: AShop, other_shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, well = (taking_in.read(each, exports.plain(PEOPLE), clock) for each in (shop, other_shop))
    for each, file in ((shop, broken), (other_shop, well)):
        taking_in.begin(each, file.id, clock)
    real = import_run.go_on
    with monkeypatch.context() as failing:

        def fail(**how: Any) -> bool:
            if how["import_id"] == broken.id:
                raise RuntimeError("the machine")
            return real(**how)

        failing.setattr(import_run, "go_on", fail)
        import_run.work(clock=clock)
    assert taking_in.view(other_shop, well.id).state == "done"
    assert import_run.work(clock=clock) == 0, "it rests"
    clock.advance(minutes=2)
    import_run.work(clock=clock)
    assert taking_in.view(shop, broken.id).state == "done"
