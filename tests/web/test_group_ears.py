"""Who complained is for the owner's ears alone, also as a group: in every place where groups are shown or asked for."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.flows import groups as flow
from app.insights.models import OwnGroup
from tests import factories
from tests.factories import AShop
from tests.flows.campaigning import a_draft
from tests.flows.grouping import a_person, a_voice
from tests.phone import Phone

NAME = "불만이 있었던 손님"


@pytest.fixture
def group(shop: AShop) -> str:
    """A group of the shop's own that asks for who complained."""
    sad = a_person(shop, visits=2, name="한탄식")
    a_voice(shop, sad, "complaint")
    made = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    return f"own:{flow.make(**made, name='달래 드릴 분', rules=['group:complained'])}"


def test_a_manager_meets_the_groups_without_it(app: Flask, shop: AShop, group: str) -> None:
    drafts = [a_draft(shop, group=each) for each in ("complained", group)]
    places = [
        "/owner/groups", "/owner/groups/new", "/owner/groups/new?add=group", "/owner/people?group=complained",
        "/owner/campaigns", "/owner/campaigns/new",
    ]  # fmt: skip
    rooms = [f"/owner/groups/{key}{more}" for key in ("complained", group) for more in ("", "/coupons")]
    rooms.append(f"/owner/groups/own/{group.removeprefix('own:')}")
    rooms += [f"/owner/campaigns/{each}/{step}" for each in drafts for step in ("people", "text", "check")]
    owner = Phone(app).signed_in(shop, shop.owner_id)
    told = " ".join(owner.open(place).words for place in places)
    assert NAME in told and "달래 드릴 분" in told
    for room in rooms:
        owner.open(room)
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    for place in places:
        words = manager.open(place).words
        assert NAME not in words and "달래 드릴 분" not in words, place
    for room in rooms:
        manager.open(room, status=404)


def test_a_manager_can_not_ask_for_it_either(app: Flask, shop: AShop, group: str) -> None:
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    for key in ("complained", group):
        manager.open("/owner/campaigns/new")
        page = manager.submit("다음", people=key, status=422)
        assert "누구에게 보낼지 골라 주세요." in page.errors()
    manager.open("/owner/groups/new?rule=visits:2")
    page = manager.submit("그룹 저장하기", name="두 번", rule="group:complained", status=422)
    assert "지금은 쓸 수 없는 조건이 있어요" in " ".join(page.errors())
    db.session.rollback()
    assert db.session.scalars(db.select(OwnGroup.name)).all() == ["달래 드릴 분"]
    counted = manager.open("/owner/groups/count?rule=group:complained&changed=y").words
    assert "명" not in counted.replace("몇 명", "")
