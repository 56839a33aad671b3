"""Groups of the shop's own, where 단골 begins, and who moved from where to where at night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.customers.known_models import CustomerTag, Tag
from app.extensions import db
from app.flows import coupon_gifts
from app.flows import groups as flow
from app.flows.groups import InUse
from app.flows.unit import write
from app.insights import filtering, groups, moves, own_groups
from app.insights.filters import WHATS, Rule
from app.insights.group_models import PersonPlace
from app.insights.models import OwnGroup, PersonStat
from app.kit.clock import KST
from app.kit.refusals import Invalid, NotHere
from app.tiers.models import Tier, TierStanding
from tests import coupons, factories, world
from tests import warranties as given
from tests.factories import ACustomer, AShop
from tests.flows.campaigning import a_draft, confirm, the
from tests.flows.grouping import a_person, a_product, a_visit, members
from tests.world import Clock

NOON = datetime(2026, 11, 26, 12, tzinfo=KST)  # a Thursday


def own(shop: AShop) -> dict[str, Any]:
    return {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}


def a_group(shop: AShop, *rules: str, name: str = "모임") -> str:
    return f"own:{flow.make(**own(shop), name=name, rules=rules)}"


def fitting(shop: AShop, written: str) -> list[int]:
    what, *values = written.split(":")
    db.session.rollback()
    which = filtering.condition(shop.id, NOON.date(), [Rule(what, tuple(values))])
    return sorted(line.id for line in groups.page_where(shop.id, which).lines)


def _tagged(shop: AShop, who: ACustomer) -> str:
    with write() as session:
        tag = Tag(shop_id=shop.id, name="단체")
        session.add(tag)
        session.flush()
        session.add(CustomerTag(shop_id=shop.id, customer_id=who.id, tag_id=tag.id))
        return str(tag.id)


def _tiered(shop: AShop, who: ACustomer) -> str:
    with write() as session:
        tier = Tier(shop_id=shop.id, name="으뜸", created_at=factories.now())
        session.add(tier)
        session.flush()
        session.add(
            TierStanding(
                shop_id=shop.id, customer_id=who.id, tier_id=tier.id, since=factories.now(), why="visit"
            )
        )
        return str(tier.id)


def _came(shop: AShop, who: ACustomer, *days_ago: float, product: int | None = None) -> None:
    for each in days_ago:
        a_visit(shop, who, days_ago=each, product=product)


def _bought(shop: AShop, who: ACustomer, days: float) -> str:
    latte = a_product(shop, "라떼")
    _came(shop, who, days, product=latte)
    return f"{latte}:30"


def _couponed(shop: AShop, who: ACustomer) -> str:
    coupons.give(shop, who, coupons.a_kind(shop))
    return "y"


def _holding(shop: AShop, who: ACustomer, *, months: int) -> str:
    kind_id = given.a_kind(shop, months=str(months))
    given.issued(shop, who, kind_id, bought_on="2026-09-20")
    return f"{kind_id}:valid"


# What → facts of who fits it, what else becomes of them (which may say the value), the value; and of who does not.
Then = Callable[[AShop, ACustomer], object]
FITS: list[tuple[str, dict[str, Any], Then | None, str, dict[str, Any], Then | None]] = [
    ("often", {}, lambda s, w: _came(s, w, 1, 29), "30:2", {}, lambda s, w: _came(s, w, 1, 31)),
    ("often", {}, lambda s, w: _came(s, w, 1, 2), "7:2", {}, lambda s, w: a_visit(s, w, reversed_=True)),
    (
        "away",
        {"visits": 1, "last_visit_at": NOON - timedelta(days=32)},
        None,
        "30",
        {"visits": 1, "last_visit_at": NOON - timedelta(days=29)},
        None,
    ),
    ("bought", {}, lambda s, w: _bought(s, w, 29), "", {}, lambda s, w: _came(s, w, 1)),
    ("spent", {"spent": 100_000}, None, "100000", {"spent": 99_999}, None),
    ("visits", {"visits": 5}, None, "5", {"visits": 4}, None),
    ("group", {"visits": 5, "vip": True}, None, "vip", {"visits": 5}, None),
    ("gender", {"gender": "f"}, None, "f", {"gender": "m"}, None),
    ("gender", {}, None, "unknown", {"gender": "m"}, None),
    # Noon, at noon and in the evening; and the night, which goes past midnight.
    ("hour", {}, lambda s, w: _came(s, w, 1, 2, 3.25), "11-14", {}, lambda s, w: _came(s, w, 1.25, 2.25, 3)),
    ("hour", {}, lambda s, w: _came(s, w, 1.5, 2.55, 3.45), "22-6", {}, lambda s, w: _came(s, w, 1, 2, 3)),
    ("hour", {}, lambda s, w: _came(s, w, 1, 2, 3), "11-14", {}, lambda s, w: _came(s, w, 1, 2)),
    ("weekday", {}, lambda s, w: _came(s, w, 7, 14, 21), "3-3", {}, lambda s, w: _came(s, w, 6, 13, 20)),
    ("weekday", {}, lambda s, w: _came(s, w, 4, 5, 12), "5-6", {}, lambda s, w: _came(s, w, 7, 14, 5)),
    ("tag", {}, _tagged, "", {}, None),
    ("tier", {}, _tiered, "", {}, None),
    (
        "birthday",
        {"birth_month": 3, "birth_day": 5, "said": ("days",)},
        None,
        "3",
        {"birth_month": 3, "birth_day": 5},
        None,
    ),
    ("found_by", {"found_by": "sns"}, None, "sns", {}, None),
    ("source", {"source": "poster"}, None, "poster", {}, None),
    (
        "agreed",
        {"phone": "+821012345678", "phone_key": "k", "said": ("age14", "marketing", "ads")},
        None,
        "y",
        {},
        None,
    ),
    (
        "agreed",
        {},
        None,
        "n",
        {"phone": "+82101", "phone_key": "k", "said": ("age14", "marketing", "ads")},
        None,
    ),
    ("holds", {}, lambda s, w: _holding(s, w, months=12), "", {}, lambda s, w: _holding(s, w, months=1)),
    ("coupon", {}, _couponed, "y", {}, None),
    ("coupon", {}, None, "n", {}, _couponed),
]


def test_every_condition_has_its_examples() -> None:
    assert {what for what, *_rest in FITS} == set(WHATS)


def test_who_fits_each_condition(shop: AShop, other_shop: AShop, clock: Clock) -> None:
    clock.set(NOON)
    for number, (what, facts, then, value, others, otherwise) in enumerate(FITS):
        where = factories.a_shop(f"가게{number}")
        who, other = a_person(where, **facts), a_person(where, **others)
        said = then(where, who) if then else None
        if otherwise:
            otherwise(where, other)
        assert fitting(where, f"{what}:{value or said}") == [who.id], (what, value)
        assert who.id not in fitting(other_shop, f"{what}:{value or said}"), what


def test_all_conditions_of_a_group_are_true_of_its_people(shop: AShop, other_shop: AShop) -> None:
    both = a_person(shop, gender="f", visits=5)
    a_person(shop, gender="f", visits=1)
    a_person(shop, gender="m", visits=5)
    key = a_group(shop, "gender:f", "visits:5", name=" 여자  단골 ")
    assert members(shop, key) == [both.id]
    assert groups.names(shop.id)[key] == "여자 단골"
    line = groups.line(shop_id=shop.id, group=key, now=factories.now())
    assert line is not None and line.meaning == "여자이고, 모두 다섯 번 이상 온 손님"
    assert members(other_shop, key) == [] and key not in groups.names(other_shop.id)
    number = int(key[4:])
    with pytest.raises(NotHere):
        flow.change(**own(other_shop), group_id=number, name="남", rules=["gender:m"])
    with pytest.raises(NotHere):
        flow.remove(**own(other_shop), group_id=number)
    flow.change(**own(shop), group_id=number, name="여자", rules=["gender:f"])
    assert len(members(shop, key)) == 2
    flow.remove(**own(shop), group_id=number)
    assert members(shop, key) == [] and key not in groups.names(shop.id)
    with pytest.raises(NotHere):
        flow.remove(**own(shop), group_id=number)


def test_two_taps_make_one_group_and_a_name_is_there_once(app: Flask, shop: AShop) -> None:
    made = {**own(shop), "name": "주말 손님", "rules": ["weekday:5-6"]}
    found = world.all_at_once(app, [lambda: flow.make(**made)] * 4)
    assert len(set(found)) == 1, found
    with pytest.raises(Invalid, match="같은 이름의 그룹이 있어요"):
        flow.make(**{**made, "rules": ["gender:f"]})
    other = flow.make(**{**made, "name": "평일 손님"})
    with pytest.raises(Invalid, match="같은 이름의 그룹이 있어요"):
        flow.change(**own(shop), group_id=other, name="주말 손님", rules=["gender:f"])


def test_a_shop_has_so_many_groups_and_no_more(
    app: Flask, shop: AShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.insights.filters.MOST_GROUPS", 2)
    a_group(shop, "gender:f", name="가")
    said = world.all_at_once(
        app,
        [lambda name=name: _or_invalid(lambda: a_group(shop, "gender:f", name=name)) for name in "나다라"],
    )
    assert said.count("그룹은 2개까지 만들 수 있어요. 안 쓰는 그룹을 지워 주세요.") == 2, said
    assert db.session.scalar(db.select(db.func.count(OwnGroup.id))) == 2


def _or_invalid(work: Callable[[], str]) -> str:
    try:
        return work()
    except Invalid as error:
        return error.sentence


def test_a_campaign_keeps_its_people_and_the_groups_name(app: Flask, shop: AShop, clock: Clock) -> None:
    who = a_person(shop, gender="f", said=("age14", "required", "marketing"))
    key = a_group(shop, "gender:f", name="여자 손님")
    sent, begun = a_draft(shop, group=key), a_draft(shop, group=key)
    confirm(shop, sent, app.config["WIRE"], "1명")
    flow.change(**own(shop), group_id=int(key[4:]), name="남자 손님", rules=["gender:m"])
    flow.remove(**own(shop), group_id=int(key[4:]))
    assert the(shop, sent).group_name == "여자 손님"
    people = db.session.scalars(
        db.text("SELECT customer_id FROM campaign_people WHERE campaign_id = :id"), {"id": sent}
    ).all()
    assert people == [who.id]
    with pytest.raises(Invalid, match="지금은 받을 분이 없어요"):
        confirm(shop, begun, app.config["WIRE"], "1명")
    with pytest.raises(Invalid, match="누구에게 보낼지 골라 주세요"):
        a_draft(shop, group=key)


def test_a_group_that_is_being_given_coupons_stays_as_it_is(shop: AShop) -> None:
    who = a_person(shop, gender="f")
    key = a_group(shop, "gender:f")
    kind = coupons.a_kind(shop)
    gift = coupon_gifts.give_to_group(**own(shop), kind_id=kind, group=key, counted=1, once=factories.once())
    number = int(key[4:])
    with pytest.raises(InUse):
        flow.change(**own(shop), group_id=number, name="모임", rules=["gender:m"])
    with pytest.raises(InUse):
        flow.remove(**own(shop), group_id=number)
    flow.change(**own(shop), group_id=number, name="새 이름", rules=["gender:f"])
    later = factories.now() + timedelta(hours=1)
    assert coupon_gifts.go_on(shop_id=shop.id, gift_id=gift, now=later)
    assert len(coupons.living(who)) == 1
    flow.remove(**own(shop), group_id=number)


def test_the_shop_says_where_regulars_begin(shop: AShop, other_shop: AShop) -> None:
    three, five = a_person(shop, visits=3), a_person(shop, visits=5)
    assert members(shop, "regular") == [three.id, five.id]
    for wrong in ("", "1", "6", "x"):
        with pytest.raises(Invalid, match="몇 번 오신 분부터 단골인지"):
            flow.set_regular_from(**own(shop), visits=wrong)
    flow.set_regular_from(**own(shop), visits="5")
    assert members(shop, "regular") == [five.id]
    assert members(shop, "again") == [three.id]
    assert groups.regular_from(other_shop.id) == 3


def _stands(who: ACustomer, standing: str, **facts: Any) -> None:
    with write() as session:
        session.execute(
            db.update(PersonStat).where(PersonStat.customer_id == who.id).values(standing=standing, **facts)
        )


def _said(shop: AShop) -> list[tuple[str, int]]:
    db.session.rollback()
    return [(move.sentence, move.people) for move in moves.moves(shop_id=shop.id, now=factories.now())]


def test_who_moved_is_known_the_next_night_for_a_month(shop: AShop, other_shop: AShop, clock: Clock) -> None:
    clock.set(NOON)
    fades, comes_back, grows, stays = (
        a_person(shop, visits=5, standing="comes"),
        a_person(shop, visits=5, standing="quiet"),
        a_person(shop, visits=2, standing="comes"),
        a_person(shop, visits=5, standing="comes"),
    )
    flow.see_to(shop_id=shop.id, now=factories.now())
    assert _said(shop) == [], "nobody has moved before the first night"
    clock.advance(hours=24)
    _stands(fades, "quiet")
    _stands(comes_back, "regular")
    _stands(grows, "regular", visits=3)
    for _ in range(2):  # the second time of a night changes nothing
        flow.see_to(shop_id=shop.id, now=factories.now())
    assert _said(shop) == [
        ("단골 1명이 뜸해졌어요", 1),
        ("뜸하던 1명이 다시 오셨어요", 1),
        ("1명이 새로 단골이 되었어요", 1),
    ]
    seen = moves.page(shop_id=shop.id, name="faded", now=factories.now())
    assert seen is not None and [line.id for line in seen[1].lines] == [fades.id]
    assert moves.page(shop_id=shop.id, name="nothing", now=factories.now()) is None
    assert _said(other_shop) == []
    # Another border is nobody's move, and a month later it is no news any more.
    flow.set_regular_from(**own(shop), visits="10")
    flow.see_to(shop_id=shop.id, now=factories.now())
    assert _said(shop)[0] == ("단골 1명이 뜸해졌어요", 1) and len(_said(shop)) == 1
    clock.advance(hours=24 * 30)
    assert _said(shop) == []
    assert db.session.get_one(PersonPlace, (shop.id, stays.id)).came_from == ""


def test_how_many_were_in_a_group_a_month_ago(shop: AShop, clock: Clock) -> None:
    a_person(shop, visits=1)
    key = a_group(shop, "visits:2")
    flow.see_to(shop_id=shop.id, now=factories.now())
    asked = {"shop_id": shop.id, "group": "all"}
    assert moves.a_month_ago(**asked, now=factories.now()) is None
    later = factories.now() + timedelta(days=31)
    assert moves.a_month_ago(**asked, now=later) == 1
    assert moves.a_month_ago(shop_id=shop.id, group=key, now=later) == 0
    assert moves.trend_words(4, 1) == "한 달 전보다 3명 늘었어요"
    assert moves.trend_words(1, 4) == "한 달 전보다 3명 줄었어요"
    assert moves.trend_words(1, 1) == moves.trend_words(1, None) == ""


def test_what_a_shop_has_to_choose_from(shop: AShop, other_shop: AShop) -> None:
    latte = a_product(shop, "라떼")
    a_product(other_shop, "남의 차")
    found = own_groups.choices(shop.id)
    assert found["products"] == {str(latte): "라떼"}
    assert found["tags"] == found["tiers"] == {}
    assert "vip" in found["groups"] and "all" not in found["groups"]
