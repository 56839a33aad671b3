"""A piece of a file, as it is kept and as it is written: whatever its letters are, and whoever kept it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.customers.known_models import NamePart
from app.customers.models import Customer
from app.customers.rules import NAME_MAX
from app.extensions import db
from app.flows import import_run, import_write
from app.kit.among import among
from app.visits import imports as reads
from app.visits import piece_rules
from app.visits.line_rules import Order
from app.visits.models import Product, Visit
from tests import exports
from tests.factories import AShop
from tests.flows import taking_in
from tests.world import Clock

TITLES = ["주문번호", "주문일", "이름", "휴대폰", "상품", "수량", "금액", "상태"]
ODD = ['{"a",b}', "NULL", "백\\슬래시", "따'옴표", "세미;콜론", ":이름", "%s ?", "🍓"]


def test_letters_of_any_kind_come_in_as_they_are(shop: AShop, clock: Clock) -> None:
    rows = [(f"{odd}{n}", "2026-11-20", odd, "", odd, 1, 4500, "") for n, odd in enumerate(ODD)]
    done = taking_in.take_in(shop, exports.plain([TITLES, *[list(row) for row in rows]]), clock)
    assert (done.added, done.people) == (len(ODD), len(ODD))
    assert {name for name, _phone, _count in taking_in.people(shop)} == set(ODD)
    keys = db.session.scalars(select(Visit.source_key).where(Visit.shop_id == shop.id))
    assert set(keys) == {f"{odd}{n}" for n, odd in enumerate(ODD)}
    assert set(db.session.scalars(select(Product.name).where(Product.shop_id == shop.id))) == set(ODD)
    assert reads.known_orders(shop.id, done_channel(shop), [f"{ODD[0]}0", "없어요"]) == {f"{ODD[0]}0"}


def test_who_comes_with_a_file_is_found_by_the_same_endings_as_everybody_else(
    shop: AShop, clock: Clock
) -> None:
    names = [*ODD, "Mi XED 김민지", "김 민 지", "İKİ Ünal ÅB", "ㄱㄴ", "민민민", "가" * NAME_MAX]
    rows = [["이름", "휴대폰"], *([name, f"010-1111-{n:04d}"] for n, name in enumerate(names))]
    taking_in.take_in(shop, exports.plain([*rows, ["", "010-2222-0000"]]), clock)
    came = {row.id: row.name for row in db.session.scalars(select(Customer))}
    twins = [Customer(shop_id=shop.id, name=name, source="qr", joined_at=clock()) for name in came.values()]
    db.session.add_all(twins)
    db.session.commit()
    parts: dict[int, set[str]] = {}
    for row in db.session.scalars(select(NamePart).where(NamePart.shop_id == shop.id)):
        parts.setdefault(row.customer_id, set()).add(row.part)
    for (one, name), twin in zip(came.items(), twins, strict=True):
        assert parts.get(one, set()) == parts.get(twin.id, set()), name
    assert {name for one, name in came.items() if one in parts} == set(names)


def done_channel(shop: AShop) -> str:
    return str(db.session.scalar(select(Visit.channel).where(Visit.shop_id == shop.id).limit(1)))


def test_what_an_older_version_kept_is_written_by_this_one(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        ("A", "2026-11-20", "김민지", "010-1111-2222", "라떼", 1, 4500, ""),
        ("B", "2026-11-21", "김민지", "010-1111-2222", "라떼", 2, 9000, ""),
    ]
    looked = taking_in.read(shop, exports.plain([TITLES, *[list(row) for row in rows]]), clock)
    taking_in.begin(shop, looked.id, clock)
    real = import_run._piece

    def kept_before(*how: object) -> tuple[bytes, int] | None:
        found = real(*how)  # type: ignore[arg-type]
        if not found or not found[0]:
            return found
        told = piece_rules.as_told(json.loads(found[0]))
        old = [
            [key, f"{at.replace(' ', 'T')}+00:00", name, phone, buyer, won, [["라떼", 1, 4500]], 1, 0]
            for key, at, name, phone, buyer, won in zip(
                told.orders, told.ats, told.names, told.phones, told.buyers, told.amounts, strict=True
            )
        ]
        return json.dumps(old).encode(), found[1]

    monkeypatch.setattr(import_run, "_piece", kept_before)
    done = taking_in.go_on(shop, looked.id, clock)
    assert (done.state, done.added, done.people) == ("done", 2, 1)
    assert taking_in.people(shop) == [("김민지", "+821011112222", 2)]
    found = taking_in.visits(shop, Visit.source_key, Visit.amount, Visit.is_first)
    assert [tuple(row) for row in found] == [("A", 4500, True), ("B", 9000, False)]


@pytest.mark.databases("postgres")
def test_what_is_looked_for_is_an_array_once_and_not_for_each_row(shop: AShop) -> None:
    sought = [f"K{n}" for n in range(30)]
    look = select(Visit.id).where(Visit.shop_id == shop.id, among(db.session, Visit.source_key, sought))
    made = look.compile(db.session.connection().engine, compile_kwargs={"render_postcompile": True})
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN {made}", made.params).scalars()
    # What is worked out for each row stands there in brackets, with the kind that it is made into.
    assert "ANY ('{K0,K1,K2" in "\n".join(plan)


@pytest.mark.databases("sqlite")
def test_orders_lie_person_by_person_as_they_came_first(shop: AShop) -> None:
    def order(key: str, day: int, phone: str, *, lines: int = 1) -> Order:
        at = datetime(2026, 11, day, 3, tzinfo=UTC)
        return Order(key, at, "", phone, "", 1000, [("라떼", 1, 1000)], lines, int(not lines))

    orders = [order("A", 3, "b"), order("B", 2, "a"), order("C", 1, "b"), order("D", 4, "a", lines=0)]
    piece_rules.person_by_person(orders)
    assert [each.key for each in orders] == ["C", "A", "B", "D"]
    first, second = piece_rules.pieces(orders, size=2)
    ready = [import_write.make_ready(each, kind="orders", joins_names=False) for each in (first, second)]
    assert [each.many for each in ready] == [2, 2]
    assert ready[1].told is not None and (ready[1].told.orders, ready[1].told.gone) == (["B"], ["D"])


@pytest.mark.databases("sqlite")
def test_of_many_with_one_name_each_is_asked_about_once(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(f"K{n}", "2026-11-20", "고객", "", "라떼", 1, 4500, "") for n in range(60)]
    taking_in.take_in(shop, exports.plain([TITLES, *[list(row) for row in rows]]), clock)
    pairs = reads.alike(shop.id)
    assert len(pairs) == 30 and len({pair.one_id for pair in pairs}) == 30
    assert all(pair.other_id < pair.one_id and pair.name == "고객" for pair in pairs)
    monkeypatch.setattr(reads, "_FEW_NAMES", 0)
    assert reads.alike(shop.id) == pairs, "the same where many names stand there twice"
