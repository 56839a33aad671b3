"""A shop's own account: whose letters go in one call, who rests, what it may cost, what became of a letter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.customers.models import Customer, Suppression
from app.extensions import db
from app.flows import budget, deliver, going_on, reports
from app.flows.unit import write
from app.kit.refusals import NotHere
from app.messages import prices, recall, registry, spending
from app.messages.contract import Accepted, Rejected
from app.messages.models import AdGrant, Attempt, Automation, ChannelHealth, Message
from app.messages.providers import solapi_messages
from app.messages.way_models import ChannelAccount, Charge, DeliveryReport, MessageSettings, MonthSpending
from tests.messages.accounts import HOOK_SECRET, a_paying_shop, change, connect, drain, texts, thank_all
from tests.messages.world import rows
from tests.provider import Bench, running
from tests.world import Clock, all_at_once


@pytest.fixture
def bench(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The provider of everybody's account."""
    with running(hang_s=0.1) as bench:
        connect(app, bench, monkeypatch)
        yield bench


def account(shop: int) -> ChannelAccount:
    db.session.rollback()
    return db.session.query(ChannelAccount).filter_by(shop_id=shop).one()


def spent(shop: int) -> int:
    db.session.rollback()
    return int(db.session.query(MonthSpending.won).filter_by(shop_id=shop).scalar() or 0)


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


def test_the_budget_is_never_passed_also_by_many_at_once(app: Flask, clock: Clock, bench: Bench) -> None:
    shop = a_paying_shop(bench, clock)
    change(MessageSettings, month_won=50 * 7 + 49)
    thank_all(shop, 12, clock)
    wire = app.config["WIRE"]
    all_at_once(app, [lambda: deliver.drain(wire=wire, clock=clock, limit=3)] * 6)
    for _ in range(3):
        drain(app)
    assert len(bench.taken()) == 7
    assert spent(shop) == 350
    left = [row for row in texts(shop) if row.state != "sent"]
    assert {(row.state, row.code) for row in left} == {("suppressed", "budget")}
    assert left[0].reason.startswith("이번 달 문자 값 한도를 다 썼어요.")
    assert db.session.query(AdGrant).filter_by(shop_id=shop).count() == 7


def test_what_can_wait_waits_for_the_next_month_or_for_more_money(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    shop = a_paying_shop(bench, clock)
    change(MessageSettings, month_won=60)
    thank_all(shop, 2, clock)
    change(Message, not_after=clock() + timedelta(days=30))
    drain(app)
    waits = texts(shop, state="ready")[0]
    assert (waits.code, waits.due_at) == ("budget", datetime(2026, 11, 30, 15, 0, tzinfo=UTC))
    now = spending.this_month(shop, now=clock())
    assert (now.won, now.share, now.left) == (50, 83, 10)
    assert now.alert == "이번 달 문자 값이 60원 가운데 50원이 됐어요."
    budget.note_told(shop_id=shop, share=now.share, now=clock())
    assert spending.this_month(shop, now=clock()).alert == ""
    budget.change(shop_id=shop, month_won=100, now=clock())
    drain(app)
    assert texts(shop, state="ready") == []
    assert spending.this_month(shop, now=clock()).alert.startswith("이번 달 문자 값 한도를 다 썼어요.")


def test_what_never_went_out_gives_its_money_back(app: Flask, clock: Clock, bench: Bench) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 2, clock)
    with bench.refusing():
        drain(app)
    assert spent(shop) == 100
    with write() as session:
        recall.cancel(session, shop_id=shop, cause="visit:0", reason="적립 취소", now=clock())
    assert spent(shop) == 50
    clock.advance(days=40)
    deliver.sweep(now=clock())
    assert spent(shop) == 0
    assert db.session.query(Charge).count() == 0


def a_report(key: str, event: str, code: str) -> bytes:
    data = {"messageId": "M1", "statusCode": code, "customFields": {solapi_messages.OUR_KEY: key}}
    return json.dumps([{"eventDataId": event, "retryCount": 0, "data": data}]).encode()


def tell(bench: Bench, shop: int, key: str, event: str, code: str, clock: Clock, **how: Any) -> int:
    secret = how.get("secret", HOOK_SECRET)
    return reports.receive(
        provider="solapi",
        hook=how.get("hook", f"hook-of-{shop}"),
        headers={"X-SOLAPI-SECRET": secret, "X-SOLAPI-EVENT-NAME": "SINGLE-REPORT"},
        body=a_report(key, event, code),
        now=clock(),
    )


@pytest.fixture
def sent(app: Flask, clock: Clock, bench: Bench) -> tuple[int, str]:
    """A text that went out: its shop and its key."""
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 1, clock)
    drain(app)
    return shop, texts(shop)[0].provider_key


def test_a_report_moves_forward_once(clock: Clock, bench: Bench, sent: tuple[int, str]) -> None:
    shop, key = sent
    assert tell(bench, shop, key, "e1", "4000", clock) == 1
    assert tell(bench, shop, key, "e1", "4000", clock) == 0
    assert tell(bench, shop, key, "e2", "3032", clock) == 0  # older, and late
    assert texts(shop)[0].state == "delivered"
    assert db.session.query(DeliveryReport).count() == 2
    assert all(row.applied_at for row in db.session.query(DeliveryReport))


@pytest.mark.parametrize("wrong", [{"secret": "guess"}, {"hook": "guess"}])
def test_nobody_else_is_believed(
    clock: Clock, bench: Bench, sent: tuple[int, str], wrong: dict[str, str]
) -> None:
    shop, key = sent
    with pytest.raises(NotHere):
        tell(bench, shop, key, "e1", "4000", clock, **wrong)
    assert texts(shop)[0].state == "sent"


def test_another_shops_report_moves_nothing_here(clock: Clock, bench: Bench, sent: tuple[int, str]) -> None:
    shop, key = sent
    other = a_paying_shop(bench, clock, "달빛커피")
    assert tell(bench, other, key, "e1", "4000", clock) == 0
    assert texts(shop)[0].state == "sent"


def test_a_report_that_overtakes_our_own_note_waits_for_it(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 1, clock)

    def quick(batch: Any, *_: Any) -> list[Accepted]:
        tell(bench, shop, batch[0].key, "e1", "4000", clock)
        return [Accepted("M1")]

    monkeypatch.setattr(registry.channel("solapi"), "send", quick)
    drain(app)
    assert texts(shop)[0].state == "sent"
    assert reports.apply_waiting(now=clock()) == 1
    assert texts(shop)[0].state == "delivered"


def test_a_number_nobody_has_is_left_alone_until_it_changes(
    app: Flask, clock: Clock, bench: Bench, sent: tuple[int, str]
) -> None:
    shop, key = sent
    dead = sorted(solapi_messages._NOBODY)[0]
    tell(bench, shop, key, "e1", dead, clock)
    row = texts(shop)[0]
    assert (row.state, row.code) == ("undelivered", "dead_phone")
    clock.advance(days=4)

    def thank_again(cause: str) -> Message:
        from app.messages import outbox

        with write() as session:
            outbox.plan(
                session,
                shop_id=shop,
                customer_id=row.customer_id,
                kind="thank_you",
                cause=cause,
                due_at=clock(),
                now=clock(),
            )
        return rows(shop_id=shop, cause=cause)[-1]

    assert thank_again("visit:8").code == "dead_phone"
    with write() as session:
        new = {"phone": "+821077776666", "phone_key": "key-of-new"}
        session.query(Customer).filter_by(id=row.customer_id).update(new)
    clock.advance(days=4)
    assert thank_again("visit:9").channel == "solapi"
    assert thank_again("visit:9").state == "ready"


def test_a_refusal_at_the_providers_number_is_one_here(
    app: Flask, clock: Clock, bench: Bench, sent: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.messages.contract import Report

    shop, _ = sent
    told = [Report("u1", "", False, opted_out=f"+82105{shop % 100:02d}00000")] * 2
    told.append(Report("u2", "", False, opted_out="+821000001111"))
    monkeypatch.setattr(registry.channel("solapi"), "parse_report", lambda *_: told)
    tell(bench, shop, "", "u1", "4000", clock)
    tell(bench, shop, "", "u1", "4000", clock)
    assert db.session.query(Suppression).filter_by(shop_id=shop).count() == 2
    assert len(rows(shop_id=shop, kind="optout_result", channel="card")) == 1


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


def test_a_form_has_its_price() -> None:
    sms, talk = registry.channel("solapi").CAPABILITIES, registry.channel("solapi_talk").CAPABILITIES
    by_hand = registry.channel("own_phone").CAPABILITIES
    assert prices.form_of("가" * 45, channel=sms) == "sms"
    assert prices.form_of("가" * 46, channel=sms) == "lms"
    assert prices.form_of("가", channel=sms, photo=True) == "mms"
    assert prices.form_of("가", channel=by_hand, photo=True) == "lms"
    assert prices.form_of("가" * 500, channel=talk) == "talk"
    assert [prices.price_of(None, form) for form in ("sms", "lms", "mms", "talk")] == [20, 50, 200, 19]
    december = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
    assert (prices.month_of(december), prices.month_of(december - timedelta(seconds=1))) == (
        "2027-01",
        "2026-12",
    )
    assert prices.next_month(december) == datetime(2027, 1, 31, 15, 0, tzinfo=UTC)


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
