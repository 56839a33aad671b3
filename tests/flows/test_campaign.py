"""단체 문자: written in steps, confirmed by its number, its people fixed, nobody twice, stopped in time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import campaign, campaign_run, deliver, going_on, merge, privacy
from app.kit.refusals import Invalid, NotHere
from app.messages import campaigns, holdout
from app.messages.campaign_models import CampaignPerson
from app.messages.contract import Wire
from app.messages.models import Message
from tests import coupons, factories, world
from tests.factories import AShop
from tests.flows.campaigning import a_draft, confirm, due, letters, people_who_agreed, the
from tests.world import Clock


@pytest.fixture
def wire(app: Flask) -> Wire:
    return replace(app.config["WIRE"], public_url=world.PUBLIC_URL)


def test_everybody_of_the_group_once_and_nobody_of_the_neighbour(
    app: Flask, shop: AShop, other_shop: AShop, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_run, "_AT_ONCE", 2)
    people = people_who_agreed(shop, 5)
    silent = factories.a_customer(shop)
    people_who_agreed(other_shop, 1)
    made = a_draft(shop)
    world.all_at_once(app, [lambda: confirm(shop, made, wire, "6명")] * 2)
    late = people_who_agreed(shop, 1)[0]
    campaign_run.go_on_all(now=due() - timedelta(seconds=1))
    assert letters(made) == [], "ten minutes are left to stop it"
    assert campaign_run.go_on(shop_id=shop.id, campaign_id=made, now=due(), steps=1) is False
    again = [lambda: campaign_run.go_on(shop_id=shop.id, campaign_id=made, now=due())] * 3
    assert world.all_at_once(app, again) == [True] * 3
    found = letters(made)
    assert Counter(each.channel for each in found) == {"card": 6, "own_phone": 5}
    assert {each.customer_id for each in found} == {each.id for each in (*people, silent)}
    assert late.id not in {each.customer_id for each in found}, "whoever comes later was not meant"
    assert len({each.dedupe_key for each in found}) == 11
    first = next(each for each in found if each.customer_id == people[0].id and each.channel == "card")
    assert first.text == "손님0 님, 봄날커피에 햇귤이 들어왔어요."
    view = the(shop, made)
    assert (view.state, view.counted) == ("done", 6)
    seen = campaigns.progress(shop.id, view)
    assert (seen.people, seen.looked_at, seen.on_card, seen.by_hand, seen.percent) == (6, 6, 6, 5, 100)


def test_words_are_the_campaigns_own_until_they_are_sent(shop: AShop, wire: Wire, clock: Clock) -> None:
    people_who_agreed(shop, 1)
    made = a_draft(shop)
    confirm(shop, made, wire, "1")
    clock.advance(minutes=10)
    campaign_run.go_on_all(now=clock())
    deliver.drain(wire=wire, clock=clock)
    (staged,) = [each for each in letters(made) if each.channel == "own_phone"]
    assert staged.staged_at is not None
    assert staged.text.startswith("(광고)봄날커피\n\n손님0 님, 봄날커피에 햇귤이 들어왔어요.")
    assert "무료수신거부 https://dangol.test/o/" in staged.text
    assert campaign_run.cancel(shop_id=shop.id, staff_id=shop.owner_id, campaign_id=made, now=clock()) == 1
    assert [each.state for each in letters(made)] == ["sent", "cancelled"], "the card keeps what it has"


def test_stopped_in_its_ten_minutes_nothing_goes(shop: AShop, other_shop: AShop, wire: Wire) -> None:
    people_who_agreed(shop, 2)
    made = a_draft(shop)
    confirm(shop, made, wire, "2")
    stop = {"campaign_id": made, "staff_id": shop.owner_id, "now": factories.now()}
    with pytest.raises(NotHere):
        campaign_run.cancel(shop_id=other_shop.id, **stop)
    for _ in range(2):
        assert campaign_run.cancel(shop_id=shop.id, **stop) == 0
    campaign_run.go_on_all(now=due())
    assert letters(made) == []
    assert the(shop, made).state == "cancelled"


def test_cancelled_midway_the_rest_does_not_go(
    shop: AShop, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_run, "_AT_ONCE", 2)
    monkeypatch.setattr(campaign_run, "_CANCELLED_AT_ONCE", 1)
    people_who_agreed(shop, 4)
    made = a_draft(shop)
    confirm(shop, made, wire, "4")
    campaign_run.go_on(shop_id=shop.id, campaign_id=made, now=due(), steps=1)
    assert campaign_run.cancel(shop_id=shop.id, staff_id=shop.owner_id, campaign_id=made, now=due()) == 2
    assert campaign_run.go_on(shop_id=shop.id, campaign_id=made, now=due()) is True
    assert Counter((each.channel, each.state) for each in letters(made)) == {
        ("card", "sent"): 2,
        ("own_phone", "cancelled"): 2,
    }


def test_paused_it_stands_still_and_goes_on(shop: AShop, other_shop: AShop, wire: Wire) -> None:
    people_who_agreed(shop, 1)
    made = a_draft(shop)
    confirm(shop, made, wire, "1")
    with pytest.raises(NotHere):
        campaign_run.pause(shop_id=other_shop.id, campaign_id=made)
    for _ in range(2):
        campaign_run.pause(shop_id=shop.id, campaign_id=made)
    campaign_run.go_on_all(now=due())
    assert letters(made) == []
    assert the(shop, made).detail == "사장님이 멈춰 두셨어요."
    with pytest.raises(NotHere):
        going_on.campaign(shop_id=other_shop.id, campaign_id=made, now=due())
    for _ in range(2):
        going_on.campaign(shop_id=shop.id, campaign_id=made, now=due())
    campaign_run.go_on_all(now=due())
    assert the(shop, made).state == "done"
    assert len(letters(made)) == 2


@pytest.mark.parametrize(
    ("typed", "seen", "told"),
    [
        ("", None, "숫자로 적어 주세요"),
        ("셋", None, "숫자로 적어 주세요"),
        ("3", None, "받는 분은 2명이에요"),
        ("3", 3, "그사이 2명이 되었어요"),
    ],
)
def test_it_goes_to_no_other_number(shop: AShop, wire: Wire, typed: str, seen: int | None, told: str) -> None:
    people_who_agreed(shop, 2)
    made = a_draft(shop)
    with pytest.raises(Invalid, match=told):
        confirm(shop, made, wire, typed, seen=seen)
    assert the(shop, made).is_draft
    assert db.session.query(CampaignPerson).count() == 0


def test_a_fourth_on_one_day_is_refused_also_at_once(app: Flask, shop: AShop, wire: Wire) -> None:
    people_who_agreed(shop, 1)
    drafts = [a_draft(shop) for _ in range(5)]
    campaign_run.cancel(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        campaign_id=_confirmed(shop, drafts[0], wire),
        now=factories.now(),
    )
    found = world.all_at_once(app, [lambda each=each: confirm(shop, each, wire, "1") for each in drafts[1:]])
    assert sorted(type(each).__name__ for each in found) == [
        "EnoughToday",
        "NoneType",
        "NoneType",
        "NoneType",
    ]
    states = Counter(the(shop, each).state for each in drafts)
    assert states == {"waiting": 3, "draft": 1, "cancelled": 1}, "one taken back is none"


def _confirmed(shop: AShop, made: int, wire: Wire) -> int:
    confirm(shop, made, wire, "1")
    return made


def test_a_draft_is_begun_once_and_stays_in_its_shop(shop: AShop, other_shop: AShop) -> None:
    begin = {"staff_id": shop.owner_id, "group": "all", "once": factories.once(), "now": factories.now()}
    made = campaign.begin(shop_id=shop.id, **begin)
    assert campaign.begin(shop_id=shop.id, **begin) == made
    with pytest.raises(Invalid):
        campaign.begin(shop_id=shop.id, **{**begin, "group": "the neighbour's"})
    theirs = {"shop_id": other_shop.id, "campaign_id": made}
    with pytest.raises(NotHere):
        campaign.choose_people(**theirs, group="new")
    with pytest.raises(NotHere):
        campaign.word(**theirs, text="글", text_b="", compares=False, coupon_kind_id=None)
    assert campaigns.campaign(other_shop.id, made) is None
    campaign.drop(shop_id=shop.id, campaign_id=made)
    campaign.drop(shop_id=shop.id, campaign_id=made)
    assert campaigns.drafts(shop.id) == []


def test_what_is_confirmed_is_no_draft_any_more(shop: AShop, wire: Wire) -> None:
    people_who_agreed(shop, 1)
    made = _confirmed(shop, a_draft(shop), wire)
    with pytest.raises(campaign.Confirmed):
        campaign.word(
            shop_id=shop.id, campaign_id=made, text="다른 글", text_b="", compares=False, coupon_kind_id=None
        )
    with pytest.raises(campaign.Confirmed):
        campaign.drop(shop_id=shop.id, campaign_id=made)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"text": ""}, {"text": "보낼 글을 적어 주세요."}),
        ({"text": "(광고) 세일"}, {"text": "(광고) 표시는 저희가 맨 앞에 붙여 드려요. 글에서는 빼 주세요."}),
        ({"text": "글", "text_b": "글"}, {"text_b": "두 글이 같아요. 하나를 다르게 적어 주세요."}),
        ({"text": "글", "text_b": ""}, {"text_b": "보낼 글을 적어 주세요."}),
        ({"text": "글", "kind": 999}, {"coupon": "지금 드리고 있는 쿠폰이 아니에요. 다시 골라 주세요."}),
    ],
)
def test_words_that_can_not_go_are_told(shop: AShop, fields: dict[str, Any], wrong: dict[str, str]) -> None:
    made = a_draft(shop)
    with pytest.raises(Invalid) as told:
        campaign.word(
            shop_id=shop.id,
            campaign_id=made,
            text=fields["text"],
            text_b=fields.get("text_b", ""),
            compares="text_b" in fields,
            coupon_kind_id=fields.get("kind"),
        )
    assert told.value.fields == wrong


def test_the_night_moves_it_to_the_morning(shop: AShop, wire: Wire, clock: Clock) -> None:
    people_who_agreed(shop, 1)
    clock.set(world.START.replace(hour=11, minute=45))  # 20:45 in Korea
    made = _confirmed(shop, a_draft(shop), wire)
    assert the(shop, made).send_at == world.START.replace(hour=23, minute=0)
    campaign_run.go_on_all(now=clock.advance(hours=1))
    assert letters(made) == []


def test_a_chosen_hour(shop: AShop, wire: Wire, clock: Clock) -> None:
    people_who_agreed(shop, 1)
    made = a_draft(shop)
    choose: dict[str, Any] = {"shop_id": shop.id, "campaign_id": made, "is_soon": False, "now": clock()}
    for day, hour in (("2026-11-23", "09:00"), ("", ""), ("2027-11-23", "09:00"), ("내일", "9시")):
        with pytest.raises(Invalid):
            campaign.time(**choose, day=day, hour=hour)
    campaign.time(**choose, day="2026-11-24", hour="10:30")
    confirm(shop, made, wire, "1")
    assert the(shop, made).send_at == world.START.replace(day=24, hour=1, minute=30)


def test_a_coupon_goes_with_it_and_no_second_ad(shop: AShop, wire: Wire) -> None:
    holders = people_who_agreed(shop, 2)
    silent = factories.a_customer(shop)
    kind_id = coupons.a_kind(shop, total="1")
    made = a_draft(shop, kind=kind_id)
    confirm(shop, made, wire, "2")
    campaign_run.go_on_all(now=due())
    found = letters(made)
    assert [len(coupons.living(each)) for each in (*holders, silent)] == [1, 0, 0]
    assert {each.customer_id for each in found if each.state != "suppressed"} == {holders[0].id}
    assert [each.code for each in found if each.customer_id == silent.id] == ["no_marketing"]
    assert db.session.query(Message).filter_by(kind="coupon_gift").count() == 0
    coupons.check(shop)


def test_two_texts_and_the_same_one_for_the_same_person(shop: AShop, wire: Wire) -> None:
    people_who_agreed(shop, 12)
    made = a_draft(shop, text="첫째 글이에요.", text_b="둘째 글이에요.")
    confirm(shop, made, wire, "12")
    campaign_run.go_on_all(now=due())
    on_card = [each for each in letters(made) if each.channel == "card"]
    assert {(each.variant, each.text) for each in on_card} == {
        ("a", "첫째 글이에요."),
        ("b", "둘째 글이에요."),
    }
    by_person: dict[int, set[str]] = {}
    for each in letters(made):
        by_person.setdefault(each.customer_id, set()).add(each.variant)
    assert {len(variants) for variants in by_person.values()} == {1}
    counted = campaigns.progress(shop.id, the(shop, made)).variants
    assert counted["a"] + counted["b"] == 12


def test_a_tenth_is_left_out_only_where_it_reaches_enough(
    shop: AShop, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = people_who_agreed(shop, 4)
    few = _go(shop, a_draft(shop), wire, "4")
    monkeypatch.setattr(holdout, "LEAST", 4)
    monkeypatch.setattr(holdout, "is_held_out", lambda _m, *, customer_id, **_: customer_id == people[0].id)
    many = _go(shop, a_draft(shop), wire, "4")
    assert [the(shop, each).holds_out for each in (few, many)] == [False, True]
    assert {each.customer_id for each in letters(many)} == {each.id for each in people[1:]}
    assert campaigns.progress(shop.id, the(shop, many)).held_out == 1


def _go(shop: AShop, made: int, wire: Wire, typed: str) -> int:
    confirm(shop, made, wire, typed)
    campaign_run.go_on_all(now=due())
    return made


def test_two_who_became_one_and_one_who_left(shop: AShop, wire: Wire) -> None:
    kept, gone, left = people_who_agreed(shop, 3)
    made = a_draft(shop)
    confirm(shop, made, wire, "3")
    merge.merge_people(
        shop_id=shop.id,
        kept_id=kept.id,
        gone_id=gone.id,
        staff_id=shop.owner_id,
        now=factories.now(),
    )
    privacy.erase(shop_id=shop.id, customer_id=left.id, now=factories.now())
    campaign_run.go_on_all(now=due())
    assert {each.customer_id for each in letters(made)} == {kept.id}
    assert Counter(each.channel for each in letters(made)) == {"card": 1, "own_phone": 1}
