"""One definition of each group: whoever asks, list, number, message or night, meets the same people; on drawn data."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.customers.known_models import CustomerTag, Tag
from app.customers.models import Customer
from app.extensions import db
from app.flows import campaign_run
from app.flows import groups as flow
from app.flows.unit import write
from app.insights import groups
from app.insights.group_models import GroupDay
from app.insights.models import PersonStat
from app.kit.clock import kst_day
from app.messages import campaign_reach, campaign_rules
from app.messages.campaign_models import CampaignPerson
from app.messages.contract import Wire
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows.campaigning import a_draft, confirm, due, letters, the
from tests.flows.grouping import a_product, a_review, a_visit, a_voice, brought, is_gone, members
from tests.world import Clock

PEOPLE = 16
OWN = [
    ["often:30:1"],
    ["away:14", "visits:2"],
    ["gender:unknown", "group:ordinary"],
    ["birthday:this", "agreed:n"],
    ["hour:14-18", "spent:50000"],
]


@pytest.fixture
def wire(app: Flask) -> Wire:
    return replace(app.config["WIRE"], public_url=world.PUBLIC_URL)


def _somebody(shop: AShop, draw: random.Random, number: int, tag: int, latte: int) -> ACustomer:
    """Draw a person with everything that puts people into groups."""
    agrees = draw.choice(["required", "all"])
    who = factories.a_customer(shop, name=f"손님{number}", phone=factories.a_number(), agrees=agrees)
    days = [draw.choice([0, 1, 5, 29, 31, 80, 200]) for _ in range(draw.randrange(6))]
    for ago in days:
        a_visit(shop, who, days_ago=ago, product=draw.choice([None, latte]))
    last = factories.now() - timedelta(days=min(days)) if days else None
    facts: dict[str, Any] = {
        "visit_count": len(days),
        "last_visit_at": last,
        "gender": draw.choice(["", "f"]),
    }
    if draw.random() < 0.3:
        facts |= {
            "birth_month": draw.choice([9, 10, 11]),
            "birth_day": draw.choice([1, 30]),
            "birth_is_lunar": draw.choice([True, False]),
        }
    if draw.random() < 0.2:
        facts["stale_at"] = factories.now()
    with write() as session:
        session.execute(db.update(Customer).where(Customer.id == who.id).values(**facts))
        session.add(
            PersonStat(
                shop_id=shop.id, customer_id=who.id, visits=len(days), spent=draw.choice([0, 90_000]),
                standing=draw.choice(["quiet", "dormant", "regular"]) if days else "", counted_at=factories.now(),
                has_own_rhythm=draw.choice([True, False]), is_vip=draw.random() < 0.3,
            )
        )  # fmt: skip
        if draw.random() < 0.3:
            session.add(CustomerTag(shop_id=shop.id, customer_id=who.id, tag_id=tag))
    for each in (a_review, lambda s, w: a_voice(s, w, "complaint"), brought):
        if draw.random() < 0.15:
            each(shop, who)
    if draw.random() < 0.15:
        is_gone(who)
    return who


def _draw(shop: AShop, seed: int) -> list[str]:
    """Fill a shop, and put groups of its own together; returns every group's key."""
    draw, latte = random.Random(seed), a_product(shop, "라떼")
    with write() as session:
        tag = Tag(shop_id=shop.id, name="단체")
        session.add(tag)
        session.flush()
        number = tag.id
    for place in range(PEOPLE):
        _somebody(shop, draw, place, number, latte)
    for place, rules in enumerate([*OWN, [f"bought:{latte}:30", f"tag:{number}"]]):
        flow.make(
            shop_id=shop.id, staff_id=shop.owner_id, name=f"모임{place}", rules=rules, now=factories.now()
        )
    return list(groups.names(shop.id))


@pytest.mark.parametrize("seed", [1])
def test_list_number_message_and_night_meet_the_same_people(
    app: Flask, other_shop: AShop, clock: Clock, wire: Wire, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(campaign_rules, "DAY_MOST", 99)
    _draw(other_shop, seed + 100)
    shop = factories.a_shop(**factories.no_limits())
    keys = _draw(shop, seed)
    found = {key: members(shop, key) for key in keys}  # by every way to ask
    assert sum(map(bool, found.values())) > len(keys) / 2, "the draw says something"
    shown = {
        line.key: line.people
        for _heading, lines in groups.lines(shop_id=shop.id, now=clock())
        for line in lines
    }
    assert shown == {key: len(people) for key, people in found.items()}
    flow.see_to(shop_id=shop.id, now=clock())
    night = db.session.execute(
        db.select(GroupDay.group, GroupDay.people).where(
            GroupDay.shop_id == shop.id, GroupDay.day == kst_day(clock())
        )
    )
    assert {row.group: row.people for row in night} == shown
    for key, people in found.items():
        made = a_draft(shop, group=key)
        seen = campaign_reach.reach(shop.id, the(shop, made), wire=wire, at=due(), now=clock())
        assert (
            seen.people
            == len(people)
            == seen.total + sum(line.people for line in seen.left_out if not line.on_card)
        ), key
        if not seen.total:
            continue
        confirm(shop, made, wire, str(seen.total), compares=False)
        frozen = db.session.scalars(
            db.select(CampaignPerson.customer_id)
            .where(CampaignPerson.campaign_id == made)
            .order_by(CampaignPerson.customer_id)
        )
        assert list(frozen) == people, key
        if key in ("all", "silent", "own:1"):
            campaign_run.go_on(shop_id=shop.id, campaign_id=made, now=due())
            got = {letter.customer_id for letter in letters(made) if letter.state != "cancelled"}
            assert got <= set(people) and len(got) >= seen.total, key
