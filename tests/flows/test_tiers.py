"""Who stands in which tier: at a visit, at night, after a new rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cards.models import LedgerEntry
from app.extensions import db
from app.flows import boosts, gifts, tier_rules
from app.flows.undo import undo_stamp
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.tiers import actions, forecast, queries
from app.tiers.models import TierChange, TierStanding
from app.tiers.rules import BoostRule, Level, Policy
from app.visits.models import Visit
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows.ladder import decide, night, own, stands, told
from tests.world import Clock


def test_up_at_once_and_down_with_grace(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    decide(shop, 1, 3, months=3, grace_days=30)
    for expected in ("새싹", "새싹", "단골"):
        clock.advance(days=1)
        factories.a_stamp(shop, jiwoo.card_id)
        assert stands(jiwoo) == (expected, False)
    assert told(jiwoo) == ["up 새싹", "up 단골"]
    clock.advance(days=90)  # one visit of three still counts
    assert night(shop) == 1
    assert stands(jiwoo) == ("단골", True)
    assert night(shop) == 0, "told once"
    clock.advance(days=31)
    night(shop)
    assert stands(jiwoo) == ("", False)
    assert told(jiwoo) == ["up 새싹", "up 단골", "grace 단골", "down"]
    whole = [
        (line.before, line.after, line.why)
        for line in queries.changes_of(shop_id=shop.id, customer_id=jiwoo.id)
    ]
    assert whole == [("단골", "", "night"), ("새싹", "단골", "visit"), ("", "새싹", "visit")]


def test_who_comes_in_time_keeps_it(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    decide(shop, 1, 2, months=3)
    for _ in range(2):
        factories.a_stamp(shop, jiwoo.card_id)
        clock.advance(days=2)
    clock.advance(days=90)
    night(shop)
    assert stands(jiwoo) == ("단골", True)
    for _ in range(2):
        factories.a_stamp(shop, jiwoo.card_id)
        clock.advance(days=1)
    assert stands(jiwoo) == ("단골", False)
    clock.advance(days=40)
    assert night(shop) == 0


def test_never_means_never(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    decide(shop, 1, 2, months=3, downgrade="never")
    for _ in range(2):
        factories.a_stamp(shop, jiwoo.card_id)
        clock.advance(days=1)
    clock.advance(days=400)
    assert night(shop) == 0
    assert stands(jiwoo) == ("단골", False)


def test_spend_counts_what_was_typed(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    decide(shop, 10_000, 50_000, measure="spend", months=0)
    factories.a_stamp(shop, jiwoo.card_id)
    assert stands(jiwoo) is None, "a visit without an amount counts nothing"
    with write() as session:
        session.execute(db.update(Visit).where(Visit.customer_id == jiwoo.id).values(amount=52_000))
    clock.advance(hours=4)
    factories.a_stamp(shop, jiwoo.card_id)
    assert stands(jiwoo) == ("단골", False)


def test_a_second_stamp_of_a_visit_counts_no_visit(shop: AShop, jiwoo: ACustomer) -> None:
    decide(shop, 1, 2)
    factories.a_stamp(shop, jiwoo.card_id)
    factories.a_stamp(shop, jiwoo.card_id, how="more", now=factories.now() + timedelta(minutes=1))
    assert stands(jiwoo) == ("새싹", False)


def test_an_undone_visit_takes_its_tier_back_at_once(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    decide(shop, 1, 2)
    first = factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(days=1)
    second = factories.a_stamp(shop, jiwoo.card_id)
    assert stands(jiwoo) == ("단골", False)
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=second.entry_id, now=clock())
    assert stands(jiwoo) == ("새싹", False), "no grace for what never was"
    assert told(jiwoo) == ["up 새싹"], "and its letter leaves the card"
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=first.entry_id, now=clock())
    assert stands(jiwoo) is None
    clock.advance(days=1)
    factories.a_stamp(shop, jiwoo.card_id)
    assert stands(jiwoo) == ("새싹", False)


def test_an_older_visit_undone_begins_the_grace(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    decide(shop, 1, 3)
    given_stamps = []
    for _ in range(3):
        given_stamps.append(factories.a_stamp(shop, jiwoo.card_id))
        clock.advance(days=1)
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=given_stamps[0].entry_id, now=clock())
    assert stands(jiwoo) == ("단골", True)


def test_a_new_rule_places_everybody_quietly(shop: AShop, clock: Clock) -> None:
    once, often = factories.a_card_with(1, shop), factories.a_card_with(4, shop)
    nobody = factories.a_customer(shop)
    tier_rules.switch(**own(shop), is_on=True)
    assert (stands(once), stands(often), stands(nobody)) == (("새싹", False), ("새싹", False), None)
    ids = {line.name: line.id for line in queries.tiers_of(shop.id)}
    levels = [Level(ids["새싹"], "새싹", 1), Level(ids["단골"], "단골", 4), Level(ids["으뜸"], "으뜸", 15)]
    seen = forecast.forecast(
        shop_id=shop.id, policy=Policy(), levels=levels, before=[line.level for line in queries.tiers_of(shop.id)],
        now=clock(),
    )  # fmt: skip
    assert (seen.up, seen.down, seen.stays) == (1, 0, {-1: 1, 1: 1, 4: 1})
    assert stands(often) == ("새싹", False), "a dry run"
    tier_rules.save_rule(**own(shop), policy=Policy(), levels=levels)
    assert stands(often) == ("단골", False)
    assert told(often) == [] == told(once)
    # A level that is gone hands its people down.
    tier_rules.save_rule(**own(shop), policy=Policy(), levels=[levels[0], levels[2]])
    assert stands(often) == ("새싹", False)
    assert night(shop) == 0
    # Off keeps where everybody stands, and nothing looks at it.
    tier_rules.switch(**own(shop), is_on=False)
    clock.advance(days=1)
    factories.a_stamp(shop, nobody.card_id)
    assert stands(nobody) is None
    assert night(shop) == 0
    tier_rules.switch(**own(shop), is_on=True)
    assert (stands(nobody), stands(often)) == (("새싹", False), ("새싹", False))


def test_a_stricter_rule_lets_nobody_fall_at_once(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    ids = decide(shop, 1, 2)
    for _ in range(2):
        factories.a_stamp(shop, jiwoo.card_id)
        clock.advance(days=1)
    levels = [Level(ids["새싹"], "새싹", 1), Level(ids["단골"], "단골", 9)]
    before = [line.level for line in queries.tiers_of(shop.id)]
    seen = forecast.forecast(shop_id=shop.id, policy=Policy(), levels=levels, before=before, now=clock())
    assert (seen.up, seen.down, seen.down_names) == (0, 1, ["한지우"])
    kind = Policy(downgrade="never")
    assert (
        forecast.forecast(shop_id=shop.id, policy=kind, levels=levels, before=before, now=clock()).down == 0
    )
    tier_rules.save_rule(**own(shop), policy=Policy(), levels=levels)
    assert stands(jiwoo) == ("단골", False)
    night(shop)
    assert stands(jiwoo) == ("단골", True)
    assert told(jiwoo)[-1] == "grace 단골"


def test_what_a_tier_brings_is_saved_and_checked(shop: AShop, other_shop: AShop) -> None:
    ids = decide(shop, 1, 2)
    brings: dict[str, Any] = {"percent": "200", "discount": "5", "extra": "쿠키 하나", "early_news": True,
                              "coupon_kind_id": None}  # fmt: skip
    tier_rules.save_benefits(**own(shop), tier_id=ids["단골"], **brings)
    line = queries.tier_of(shop_id=shop.id, tier_id=ids["단골"])
    assert line is not None
    assert (line.percent, line.discount, line.extra, line.early_news) == (200, 5, "쿠키 하나", True)
    with pytest.raises(Invalid):
        tier_rules.save_benefits(**own(shop), tier_id=ids["단골"], **brings | {"discount": "80"})
    with pytest.raises(NotHere):
        tier_rules.save_benefits(**own(shop), tier_id=ids["단골"], **brings | {"coupon_kind_id": 999})
    for flow in (
        lambda: tier_rules.save_benefits(**own(other_shop), tier_id=ids["단골"], **brings),
        lambda: tier_rules.save_rule(**own(other_shop), policy=Policy(), levels=[Level(ids["단골"], "내 것", 1), Level(0, "둘", 2)]),
        lambda: boosts.make(**own(other_shop), rule=BoostRule("두 배", 200), tier_id=ids["단골"]),
        lambda: gifts.open_list(**own(other_shop), name="설 선물", tier_id=ids["단골"]),
    ):  # fmt: skip
        with pytest.raises(NotHere):
            flow()


def test_two_visits_and_a_night_at_once(app: Flask, shop: AShop) -> None:
    decide(shop, 1, 2)
    who = [factories.a_card_with(1, shop) for _ in range(3)]
    db.session.execute(db.delete(TierChange))
    db.session.execute(db.delete(TierStanding))
    db.session.commit()
    works: list[Any] = [lambda one=one: factories.a_stamp(shop, one.card_id) for one in who]
    works += [lambda: night(shop)] * 2
    assert not [each for each in world.all_at_once(app, works) if isinstance(each, Exception)]
    assert [stands(one) for one in who] == [("단골", False)] * 3
    assert night(shop) == 0


@settings(
    max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(days=st.lists(st.integers(0, 70), min_size=1, max_size=7), policy=st.sampled_from(
    [Policy(months=3, grace_days=14), Policy(months=3, grace_days=0), Policy(months=3, downgrade="never"), Policy(months=0)]
))  # fmt: skip
def test_the_night_agrees_with_the_visit(app: Flask, clock: Clock, days: list[int], policy: Policy) -> None:
    world.wipe()
    clock.set(world.START)
    shop = factories.a_shop(**factories.no_limits())
    levels = [Level(0, "새싹", 1), Level(0, "단골", 2), Level(0, "으뜸", 4)]
    tier_rules.save_rule(**own(shop), policy=policy, levels=levels)
    by_visit, by_night = factories.a_customer(shop), factories.a_customer(shop)
    for gap in days:
        clock.advance(days=gap, hours=4)
        factories.a_stamp(shop, by_visit.card_id)
        with write() as session:  # the same visit, about which nobody was told
            session.add(Visit(shop_id=shop.id, customer_id=by_night.id, at=clock()))
        night(shop)
        assert stands(by_visit) == stands(by_night)
        assert night(shop) == 0, "twice is the same"
        seen = queries.look(shop_id=shop.id, customer_id=by_night.id, now=clock())
        db.session.rollback()
        assert seen is not None


def test_the_entry_coupon_is_given_once_a_person_and_tier(
    shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.flows import coupon_rules
    from app.shops import actions as shops

    given_causes: list[str] = []
    monkeypatch.setattr(
        coupon_rules, "give", lambda _session, **facts: given_causes.append(facts["cause"]) or []
    )
    decide(shop, 1, 2)
    with write() as session:
        shops.set_use(session, shop_id=shop.id, what="coupons", is_on=True)
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(days=1)
    second = factories.a_stamp(shop, jiwoo.card_id)
    assert [cause.partition(":")[0] for cause in given_causes] == ["visit", "visit"]
    clock.advance(days=500)
    night(shop)
    clock.advance(days=31)
    night(shop)
    assert stands(jiwoo) == ("", False)
    factories.a_stamp(shop, jiwoo.card_id)
    assert stands(jiwoo) == ("새싹", False)
    assert len(given_causes) == 2, "who falls and climbs again does not earn it again"
    assert second.entry_id and actions.policy(db.session, shop_id=shop.id)
    assert db.session.scalar(db.select(db.func.count(LedgerEntry.id)).where(LedgerEntry.boosted != "")) == 0
