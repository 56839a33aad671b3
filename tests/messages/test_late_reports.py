"""Reports that were told while nobody here listened are asked for: each moves its message once, and nothing goes again."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from app.customers.models import Customer
from app.extensions import db
from app.flows import deliver, late_reports
from app.flows.unit import write
from app.jobs import tick
from app.messages.models import Automation, Message
from app.messages.way_models import ChannelAccount, DeliveryReport
from launch.provider_bench.accounts import Hook
from tests import world
from tests.messages.accounts import a_paying_shop, change, drain, spent, thank_all
from tests.messages.test_never_twice import bench
from tests.messages.world import rows
from tests.provider import Bench
from tests.world import Clock

__all__ = ("bench",)

BOTH = pytest.mark.parametrize("provider", ["nhn", "solapi"])


def sent_to(app: Flask, clock: Clock, bench: Bench, provider: str, count: int = 3) -> int:
    """Let a shop's texts go out while web is down: of what becomes of them nobody hears."""
    for account in bench.carrier.accounts.solapi:
        account.hook = Hook()
    for other in bench.carrier.accounts.nhn:
        other.sms_hook = other.talk_hook = Hook()
    shop = a_paying_shop(bench, clock, provider=provider)
    thank_all(shop, count, clock, first=10)
    drain(app)
    assert {row.state for row in rows(channel=provider)} == {"sent"}
    return shop


def ask(app: Flask, clock: Clock, shop: int) -> int:
    return late_reports.ask(shop_id=shop, wire=app.config["WIRE"], now=clock())


def states(provider: str) -> list[str]:
    return [row.state for row in rows(channel=provider)]


@BOTH
def test_what_nobody_told_is_asked_for_once(app: Flask, clock: Clock, bench: Bench, provider: str) -> None:
    shop = sent_to(app, clock, bench, provider, count=7)
    people = list(db.session.scalars(db.select(Customer.phone).where(Customer.shop_id == shop)))
    bench.carrier.fates["0" + str(people[0])[3:]] = "gone"
    bench.postman.work()
    assert ask(app, clock, shop) == 0  # a carrier is given its time
    clock.advance(hours=4)
    assert [ask(app, clock, shop) for _ in range(2)] == [7, 0]
    assert sorted(states(provider)) == ["delivered"] * 6 + ["undelivered"]
    assert [row.code for row in rows(channel=provider, state="undelivered")] == ["dead_phone"]
    assert len(bench.taken()) == 7
    assert bench.doubles() == []
    assert spent(shop) == 350
    for report in db.session.query(DeliveryReport):
        told = json.dumps(json.loads(report.raw), ensure_ascii=False)
        assert "고마" not in told and "0105" not in told, "neither words nor numbers are kept"


@BOTH
@pytest.mark.parametrize(("code", "state"), [("delivered", "delivered"), ("gone", "undelivered")])
def test_what_was_unclear_and_is_found_is_told_with_what_became_of_it(
    app: Flask, clock: Clock, bench: Bench, provider: str, code: str, state: str
) -> None:
    shop = a_paying_shop(bench, clock, provider=provider)
    (who,) = thank_all(shop, 1, clock, first=10)
    phone = db.session.scalar(db.select(Customer.phone).where(Customer.id == who)) or ""
    bench.carrier.fates["0" + phone[3:]] = code
    bench.moody.play("lost")
    drain(app)
    assert states(provider) == ["unknown"]
    bench.postman.work()
    change(Message, lease_ms=0)
    assert deliver.look_up_unknown(wire=app.config["WIRE"], clock=clock) == 1
    assert states(provider) == [state]
    assert spent(shop) == 50 and len(bench.taken()) == 1


@BOTH
def test_one_that_is_still_on_its_way_is_asked_about_hours_later(
    app: Flask, clock: Clock, bench: Bench, provider: str
) -> None:
    shop = sent_to(app, clock, bench, provider)
    clock.advance(hours=4)
    assert (ask(app, clock, shop), states(provider)) == (0, ["sent"] * 3)
    bench.postman.work()
    assert ask(app, clock, shop) == 0, "asked a moment ago"
    change(Message, lease_ms=0)
    assert (ask(app, clock, shop), states(provider)) == (3, ["delivered"] * 3)


@BOTH
@pytest.mark.parametrize("fault", ["500_before", "garbage", "429"])
def test_a_provider_that_does_not_answer_changes_nothing(
    app: Flask, clock: Clock, bench: Bench, provider: str, fault: str
) -> None:
    shop = sent_to(app, clock, bench, provider, count=1)
    bench.postman.work()
    clock.advance(hours=4)
    bench.moody.play(fault, 2, lookups=True)
    assert (ask(app, clock, shop), states(provider)) == (0, ["sent"])
    bench.moody.calm()
    change(Message, lease_ms=0)
    assert ask(app, clock, shop) == 1


def test_what_was_taken_in_and_then_turned_away_did_not_arrive(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    sent_to(app, clock, bench, "solapi", count=1)
    (parcel,) = bench.carrier.parcels.values()
    parcel.code, parcel.ended_at = (
        "2230",
        clock().timestamp(),
    )  # no money left by the time it came to this one
    clock.advance(hours=4)
    (row,) = rows(channel="solapi")
    assert ask(app, clock, row.shop_id) == 1
    assert states("solapi") == ["undelivered"]
    assert len(bench.taken()) == 1


def test_two_at_once_another_shop_and_what_is_old(app: Flask, clock: Clock, bench: Bench) -> None:
    shop = sent_to(app, clock, bench, "nhn")
    other = a_paying_shop(bench, clock, "달빛커피", provider="nhn")
    bench.postman.work()
    clock.advance(hours=4)
    assert ask(app, clock, other) == 0
    assert sum(world.all_at_once(app, [lambda: ask(app, clock, shop)] * 3)) == 3
    assert states("nhn") == ["delivered"] * 3
    with write() as session:
        session.query(Message).filter_by(channel="nhn").update({"state": "sent", "lease_ms": None})
    clock.advance(days=4)
    assert (ask(app, clock, shop), states("nhn")) == (0, ["sent"] * 3)


def test_an_alimtalk_is_asked_for_too_and_an_account_that_is_off_as_well(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    shop = sent_to(app, clock, bench, "nhn", count=1)
    (row,) = rows(channel="nhn")
    (parcel,) = bench.carrier.parcels.values()
    parcel.provider, parcel.code, parcel.ended_at = "nhn_talk", "3019", clock().timestamp()
    with write() as session:
        changed = {"channel": "nhn_talk", "kind": "reward_ready", "facts": {"reward": "커피", "goal": 10}}
        session.query(Message).filter_by(id=row.id).update(changed)
        ways = "nhn_talk nhn"
        session.add(Automation(shop_id=shop, kind="reward_ready", text="", ways=ways, changed_at=clock()))
    change(ChannelAccount, state="off")
    clock.advance(hours=4)
    change(Message, not_after=clock())
    assert ask(app, clock, shop) == 1
    assert states("nhn_talk") == ["undelivered"]
    assert states("nhn") == ["ready"], "a text instead, asked about anew"


def test_the_clock_asks_every_hour(app: Flask, clock: Clock, bench: Bench) -> None:
    sent_to(app, clock, bench, "nhn", count=1)
    bench.postman.work()
    clock.advance(hours=4)
    (hourly,) = [task for task in tick.PERIODIC if task.name == "ask_providers"]
    hourly.run(clock(), lambda: False)
    assert states("nhn") == ["delivered"]
