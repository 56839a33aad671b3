"""단체 문자 before it goes: who is reached and how, who is left out and why; drafts that are let go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import campaign, campaign_run
from app.kit.refusals import Invalid
from app.messages import campaign_reach, campaigns
from app.messages.campaign_models import Campaign
from app.messages.contract import Wire
from tests import factories, world
from tests.factories import AShop
from tests.flows.campaigning import a_draft, confirm, due, letters, people_who_agreed, the
from tests.world import Clock


@pytest.fixture
def wire(app: Flask) -> Wire:
    return replace(app.config["WIRE"], public_url=world.PUBLIC_URL)


def test_who_is_reached_how_and_who_is_left_out(shop: AShop, wire: Wire) -> None:
    people_who_agreed(shop, 2)
    numbered = factories.a_customer(shop, name="이름", phone=factories.a_number())
    factories.a_customer(shop)
    made = a_draft(shop)
    look: dict[str, Any] = {"wire": wire, "at": due(), "now": factories.now()}
    found = campaign_reach.reach(shop.id, the(shop, made), **look)
    assert [(way.key, way.people, way.won) for way in found.ways] == [("own_phone", 2, 0)]
    assert (found.people, found.total, found.card_only, found.won) == (4, 4, 2, 0)
    assert [(each.code, each.people, each.on_card) for each in found.left_out] == [
        ("no_consent", 1, True),
        ("no_phone", 1, True),
    ]
    (sample,) = found.samples
    assert sample.text.startswith("(광고)봄날커피\n\n손님0 님,")
    names, after = campaign_reach.left_out_names(shop.id, the(shop, made), code="no_consent", **look)
    assert (names, after) == ([(numbered.id, "이름")], None)
    campaign.choose_people(shop_id=shop.id, campaign_id=made, group="regular")
    assert campaign_reach.reach(shop.id, the(shop, made), **look).people == 0


def test_for_who_was_picked_out_the_card_needs_their_consent_too(shop: AShop, wire: Wire) -> None:
    plain = factories.a_card_with(1, shop)
    made = a_draft(shop, group="new")
    found = campaign_reach.reach(shop.id, the(shop, made), wire=wire, at=due(), now=factories.now())
    assert [(each.code, each.on_card) for each in found.left_out] == [("no_marketing", False)]
    assert (found.total, found.people) == (0, 1)
    with pytest.raises(Invalid, match="받을 분이 없어요"):
        confirm(shop, made, wire, "0")
    assert plain.id


def test_ways(shop: AShop, wire: Wire) -> None:
    people_who_agreed(shop, 1)
    made = a_draft(shop)
    campaign.choose_ways(shop_id=shop.id, campaign_id=made, chosen=(), wire=wire)
    assert the(shop, made).ways == "card"
    confirm(shop, made, wire, "1")
    campaign_run.go_on_all(now=due())
    assert [each.channel for each in letters(made)] == ["card"]
    again = a_draft(shop)
    campaign.choose_ways(shop_id=shop.id, campaign_id=again, chosen=("own_phone", "made up"), wire=wire)
    assert the(shop, again).ways == ""


def test_a_draft_of_last_month_is_let_go(shop: AShop, clock: Clock) -> None:
    old = a_draft(shop)
    clock.advance(days=31)
    new = a_draft(shop)
    campaign.drop_old_drafts(shop_id=shop.id, now=clock())
    assert [view.id for view in campaigns.drafts(shop.id)] == [new]
    assert db.session.query(Campaign).filter_by(id=old).count() == 0
