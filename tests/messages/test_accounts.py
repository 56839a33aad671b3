"""A shop's own account: whose letters go in one call, who rests, what it may cost, what became of a letter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.customers.models import Customer
from app.extensions import db
from app.flows import deliver, going_on
from app.flows.unit import write
from app.messages import registry, retries
from app.messages.contract import Accepted, Rejected
from app.messages.models import AdGrant, Attempt, Automation, ChannelHealth, Message
from app.messages.way_models import ChannelAccount, Charge
from tests.messages.accounts import a_paying_shop, change, drain, spent, texts, thank_all
from tests.messages.world import rows
from tests.provider import Bench
from tests.world import Clock


def account(shop: int) -> ChannelAccount:
    db.session.rollback()
    return db.session.query(ChannelAccount).filter_by(shop_id=shop).one()


def patience() -> None:
    change(Message, lease_ms=0)
    change(ChannelAccount, rest_until_ms=0, failures=0)


def test_one_call_carries_one_shops_letters_and_each_is_paid_for(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = a_paying_shop(bench, clock), a_paying_shop(bench, clock, "달빛커피", prices={"lms": 31.5})
    thank_all(one, 3, clock)
    thank_all(other, 2, clock)
    channel, calls = registry.channel("solapi"), []
    real = channel.send

    def watched(batch: Any, *rest: Any) -> Any:
        calls.append([(letter.account.shop_id, letter.is_ad, letter.subject) for letter in batch])
        return real(batch, *rest)

    monkeypatch.setattr(channel, "send", watched)
    drain(app)
    assert calls == [[(one, True, "(광고)한빛미용실")] * 3, [(other, True, "(광고)달빛커피")] * 2]
    assert {row.state for row in texts(one) + texts(other)} == {"sent"}
    assert sorted(bench.taken()) == sorted(row.provider_key for row in texts(one) + texts(other))
    assert (spent(one), spent(other)) == (3 * 50, 2 * 32)
    assert [row.address_key[:6] for row in texts(one)] == ["key-of"] * 3


def test_what_costs_money_travels_only_where_the_owner_said_so(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    shop = a_paying_shop(bench, clock)
    change(Automation, ways="")
    thank_all(shop, 1, clock)
    assert [row.channel for row in rows(shop_id=shop)] == ["card", "own_phone"]


def test_a_wrong_key_stops_this_account_alone_and_says_so(app: Flask, clock: Clock, bench: Bench) -> None:
    shop, other = a_paying_shop(bench, clock), a_paying_shop(bench, clock, "달빛커피")
    thank_all(shop, 2, clock)
    with write() as session:
        from app.messages import accounts

        wrong = {**bench.account("solapi").keys, "api_secret": "guess"}
        session.query(ChannelAccount).filter_by(shop_id=shop).update(
            {"sealed": accounts.sealed_keys(wrong, shop_id=shop, provider="solapi")}
        )
    drain(app)
    assert account(shop).state == "wrong"
    assert account(shop).detail
    assert [row.state for row in texts(shop)] == ["ready", "ready"]
    assert [row.tries for row in texts(shop)] == [0, 0]
    change(Message, lease_ms=0)
    assert drain(app) == {}
    thank_all(other, 1, clock)
    drain(app)
    assert [row.state for row in texts(other)] == ["sent"]
    # The owner put it right: what waited goes, once.
    like = bench.account("solapi").keys
    with write() as session:
        session.query(ChannelAccount).filter_by(shop_id=shop).update(
            {"sealed": accounts.sealed_keys(like, shop_id=shop, provider="solapi"), "state": "on"}
        )
    patience()
    drain(app)
    assert [row.state for row in texts(shop)] == ["sent", "sent"]
    assert bench.doubles() == []


@pytest.mark.parametrize("fault", ["429", "refused"])
def test_a_provider_that_is_away_rests_for_that_shop(
    app: Flask, clock: Clock, bench: Bench, fault: str
) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 6, clock)
    if fault == "refused":
        with bench.refusing():
            drain(app)
        assert account(shop).failures == 6
    else:
        bench.moody.play("429")
        drain(app)
    assert account(shop).rest_until_ms > 0
    assert account(shop).state == "on"
    assert db.session.query(ChannelHealth).count() == 0
    change(Message, lease_ms=0)
    assert drain(app) == {}
    patience()
    drain(app)
    assert {row.state for row in texts(shop)} == {"sent"}
    assert bench.doubles() == []


@pytest.mark.parametrize("fault", ["500_after", "lost", "garbage", "500_before", "reset_before"])
def test_a_batch_that_nobody_knows_of_is_asked_for_and_never_doubled(
    app: Flask, clock: Clock, bench: Bench, fault: str
) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 4, clock)
    bench.moody.play(fault)
    drain(app)
    assert {row.state for row in texts(shop)} == {"unknown"}
    assert spent(shop) == 200  # it may have gone out: the money is not given back
    for _ in range(3):
        patience()
        deliver.look_up_unknown(wire=app.config["WIRE"], clock=clock)
        patience()
        drain(app)
    assert {row.state for row in texts(shop)} == {"sent"}
    assert sorted(bench.taken()) == sorted(row.provider_key for row in texts(shop))
    assert spent(shop) == 200
    assert db.session.query(Charge).count() == 4


def test_who_has_another_number_by_now_is_not_asked_for_under_it(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_paying_shop(bench, clock)
    began = clock()
    (who,) = thank_all(shop, 1, clock)
    bench.moody.play("500_after")
    drain(app)
    asked = []
    monkeypatch.setattr(registry.channel("solapi"), "find", lambda ones, wire: asked.extend(ones) or [])
    clock.advance(minutes=5)
    for phone in (f"+82105{shop % 100:02d}00000", "+821099990000"):
        change(Message, lease_ms=0)
        with write() as session:
            key = {"phone": phone, "phone_key": f"key-of-{phone}"}
            session.query(Customer).filter_by(id=who).update(key)
        deliver.look_up_unknown(wire=app.config["WIRE"], clock=clock)
    assert [(one.to[:6], one.at, one.account.shop_id) for one in asked] == [
        ("+82105", began, shop),
        ("", began, shop),
    ]


def test_too_many_failures_stop_an_automation_until_its_owner_lets_it_go_on(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 30, clock)
    taken: list[str] = []

    def every_second(batch: Any, *_: Any) -> list[Any]:
        taken.extend(letter.key for letter in batch)
        return [Rejected("no", permanent=True) if n % 2 else Accepted() for n in range(len(batch))]

    monkeypatch.setattr(registry.channel("solapi"), "send", every_second)
    drain(app, limit=18)
    assert db.session.query(Automation.paused_at).scalar() is None
    drain(app, limit=8)
    paused = db.session.query(Automation).one()
    assert paused.paused_at == clock()
    assert paused.paused_why.startswith("최근 2")
    before = len(taken)
    drain(app)
    assert len(taken) == before
    waiting = texts(shop, state="ready")
    assert waiting
    assert {row.reason for row in waiting} == {paused.paused_why}
    going_on.automation(shop_id=shop, kind="thank_you", now=clock())
    drain(app)
    assert texts(shop, state="ready") == []
    assert db.session.query(Automation.paused_at).scalar() is None


def test_the_attempts_of_a_batch_are_all_written_before_the_call(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 3, clock)
    seen = []

    def peek(batch: Any, *_: Any) -> list[Accepted]:
        assert not db.session().in_transaction()
        states = {row.state for row in texts(shop)}
        seen.append((states, db.session.query(Attempt).count(), db.session.query(Charge).count()))
        db.session.rollback()
        return [Accepted() for _ in batch]

    monkeypatch.setattr(registry.channel("solapi"), "send", peek)
    drain(app)
    assert seen == [({"sending"}, 3, 3)]


def test_a_cancelled_campaign_never_goes_and_a_paused_one_waits(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    from app.messages.campaign_models import Campaign
    from app.shops import actions as shops

    shop = a_paying_shop(bench, clock)
    thank_all(shop, 4, clock)
    with write() as session:
        owner = shops.add_staff(session, shop_id=shop, name="김사장", role="owner", now=clock())
        for number, state in enumerate(("cancelled", "paused", "waiting", "going"), 1):
            session.add(
                Campaign(
                    id=number,
                    shop_id=shop,
                    once=f"once{number}",
                    made_by=owner.id,
                    made_at=clock(),
                    counted=1,
                    text="소식",
                    send_at=clock() + timedelta(minutes=10),
                    state=state,
                )
            )
        for number in range(4):
            session.execute(
                update(Message)
                .where(Message.cause == f"visit:{number}", Message.channel == "solapi")
                .values(cause=f"campaign:{number + 1}")
            )
    drain(app)
    assert [(row.state, row.code) for row in texts(shop)] == [
        ("cancelled", "cancelled"),
        ("ready", "paused"),
        ("ready", "later"),
        ("sent", ""),
    ]
    going_on.campaign(shop_id=shop, campaign_id=2, now=clock())
    clock.advance(minutes=10)
    change(Campaign, state="going")
    drain(app)
    assert [row.state for row in texts(shop)[1:]] == ["sent"] * 3


def test_a_sender_that_was_stopped_past_its_lease_sends_nothing_of_its_batch(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F25: also when it wakes between the last look and the first byte, or with a lease somebody else has ended."""
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 3, clock)
    monkeypatch.setattr(retries, "LAST_BYTE_S", -1.0)
    drain(app)
    assert bench.taken() == []
    assert [(row.state, row.tries) for row in texts(shop)] == [("ready", 0)] * 3
    assert account(shop).state == "on"
    monkeypatch.setattr(retries, "LAST_BYTE_S", 12.0)
    patience()
    channel = registry.channel("solapi")
    real = channel.send

    def after_a_sleep(*call: Any) -> Any:
        change(Message, lease_ms=1)
        deliver.sweep(now=clock())
        db.session.rollback()
        return real(*call)

    monkeypatch.setattr(channel, "send", after_a_sleep)
    drain(app)
    assert {row.state for row in texts(shop)} == {"unknown"}  # what it noted too late changed nothing
    patience()
    deliver.look_up_unknown(wire=app.config["WIRE"], clock=clock)
    assert {row.state for row in texts(shop)} == {"sent"}
    assert bench.doubles() == []


def test_after_three_days_off_stale_ones_expire_and_the_others_go_once(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    """F26. What expired costs nothing and counts for nobody."""
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 4, clock)
    with write() as session:
        fresh = [
            row.id for row in session.query(Message).filter_by(channel="solapi").order_by(Message.id)[2:]
        ]
        session.query(Message).filter(Message.id.in_(fresh)).update(
            {"not_after": clock() + timedelta(days=5)}
        )
    clock.advance(days=3)
    for _ in range(3):
        deliver.sweep(now=clock())
        drain(app)
    assert [row.state for row in texts(shop)] == ["expired", "expired", "sent", "sent"]
    assert len(bench.taken()) == 2
    assert spent(shop) == 100
    assert db.session.query(AdGrant).count() == 2
