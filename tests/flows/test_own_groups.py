"""Groups of the shop's own as they lie in the database: what can't be read of them, and products of a long menu."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import groups as flow
from app.flows.unit import write
from app.insights import groups, moves, own_groups
from app.insights.models import OwnGroup, PersonStat
from app.visits.models import Product
from tests import factories
from tests.factories import AShop
from tests.flows.grouping import a_person, a_product, members
from tests.phone import Phone
from tests.world import Clock

HOSTILE: list[Any] = [
    {"rules": [["often", "abc", "2"]]}, {"rules": [["group", "gone"]]}, {"rules": [["group", "own:1"]]},
    {"rules": "x"}, {"rules": [3]}, {"rules": [[]]}, {"rules": None}, {}, [], {"rules": [["often", ["x"], {}]]},
    {"rules": [["bought", "9" * 30, "30"]]}, {"rules": [["hour", "morning"]]},
    {"rules": [["visits", "2"], ["new_thing", "2"]]},
]  # fmt: skip


def test_of_a_group_that_cannot_be_read_nobody_is_in_it(app: Flask, shop: AShop) -> None:
    """Written by another version, or by nobody: fewer people than meant, never more, and every page opens."""
    a_person(shop, visits=3)
    now = factories.now()
    with write() as session:
        session.add_all(
            OwnGroup(shop_id=shop.id, id=place, name=f"모임{place}", filter=each, made_at=now, changed_at=now)
            for place, each in enumerate(HOSTILE, start=1)
        )
    flow.see_to(shop_id=shop.id, now=now)
    own_lines = groups.lines(shop_id=shop.id, now=now)[-1][1]
    assert [line.people for line in own_lines] == [0] * len(HOSTILE)
    assert {line.meaning for line in own_lines} == {
        "지금은 쓸 수 없는 조건이 있어요. 조건을 다시 골라 주세요."
    }
    phone = Phone(app).signed_in(shop, shop.owner_id)
    page = phone.open(f"/owner/groups/own/{len(HOSTILE)}")
    assert "모두 두 번 이상 온 손님" in page.words, "what can be read stays"
    phone.submit("그룹 저장하기")
    assert members(shop, f"own:{len(HOSTILE)}") != []


def test_a_group_about_one_product_of_a_long_menu_goes_on_saying_which(
    shop: AShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_groups, "_MOST_PRODUCTS", 2)
    latte, tea = a_product(shop, "라떼"), a_product(shop, "차")
    made: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    number = flow.make(**made, name="차 손님", rules=[f"bought:{tea}:30"])
    with write() as session:
        session.add(Product(shop_id=shop.id, name="빵", price=3000, is_pick=True))
    found = own_groups.own_group(shop_id=shop.id, group_id=number)
    assert found is not None and found.sentence == "최근 30일 안에 차를 산 손님"
    assert set(own_groups.choices(shop.id)["products"].values()) == {"빵", "라떼", "차"}
    assert str(latte) in own_groups.choices(shop.id)["products"]


def test_whose_only_visit_is_taken_back_has_not_moved(shop: AShop, clock: Clock) -> None:
    who = a_person(shop, visits=1, standing="new")
    flow.see_to(shop_id=shop.id, now=clock())
    for facts in ({"standing": "dormant"}, {"standing": "", "visits": 0}):
        with write() as session:
            session.execute(db.update(PersonStat).where(PersonStat.customer_id == who.id).values(**facts))
        flow.see_to(shop_id=shop.id, now=clock.advance(days=1))
        db.session.rollback()
        said = [move.sentence for move in moves.moves(shop_id=shop.id, now=clock())]
        assert said == (["아직 단골이 아니던 1명이 오래 안 오세요"] if "visits" not in facts else [])


def test_where_regulars_begin_makes_no_group_smaller_than_a_month_ago(shop: AShop) -> None:
    """Another border is another group: how many were in the one before says nothing of it."""
    for visits in (3, 3, 5):
        a_person(shop, visits=visits)
    made: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    ours = f"own:{flow.make(**made, name='단골', rules=['group:regular'])}"
    other = f"own:{flow.make(**made, name='세 번', rules=['visits:3'])}"
    flow.see_to(shop_id=shop.id, now=factories.now())
    later = factories.now() + timedelta(days=31)

    def then() -> dict[str, int | None]:
        keys = ("again", "regular", "loyal", "vip", ours, other)
        return {key: moves.a_month_ago(shop_id=shop.id, group=key, now=later) for key in keys}

    assert then() == {"again": 0, "regular": 3, "loyal": 0, "vip": 0, ours: 3, other: 3}
    flow.set_regular_from(**made, visits="5")
    assert then() == {"again": None, "regular": None, "loyal": None, "vip": 0, ours: None, other: 3}
