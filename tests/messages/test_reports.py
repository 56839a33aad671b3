"""What providers tell by themselves: reports that move a message forward, numbers nobody has, refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from app.customers.models import Customer, Suppression
from app.extensions import db
from app.flows import reports
from app.flows.unit import write
from app.kit.refusals import NotHere
from app.messages import accounts, outbox, registry
from app.messages.contract import Accepted, Report
from app.messages.models import Automation, Message
from app.messages.providers import solapi_messages
from app.messages.way_models import DeliveryReport
from tests.messages.accounts import a_paying_shop, drain, texts, thank_all
from tests.messages.world import rows
from tests.provider import Bench
from tests.world import Clock


def a_report(key: str, event: str, code: str) -> bytes:
    data = {"messageId": "M1", "statusCode": code, "customFields": {solapi_messages.OUR_KEY: key}}
    return json.dumps([{"eventDataId": event, "retryCount": 0, "data": data}]).encode()


def tell(bench: Bench, shop: int, key: str, event: str, code: str, clock: Clock, **how: Any) -> int:
    hook = how.get("hook", f"hook-of-{shop}")
    secret = how.get("secret", accounts.hook_secret(hook))
    return reports.receive(
        provider="solapi",
        hook=hook,
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


def test_of_who_left_meanwhile_no_number_is_kept(clock: Clock, bench: Bench, sent: tuple[int, str]) -> None:
    shop, key = sent
    with write() as session:
        session.query(Customer).filter_by(shop_id=shop).update({"erased_at": clock(), "phone": None})
    assert tell(bench, shop, key, "e1", "4000", clock) == 1
    assert [(one.raw, one.detail) for one in db.session.query(DeliveryReport)] == [("", "")]


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
    shop, _ = sent
    told = [Report("u1", "", False, opted_out=f"+82105{shop % 100:02d}00000")] * 2
    told.append(Report("u2", "", False, opted_out="+821000001111"))
    monkeypatch.setattr(registry.channel("solapi"), "parse_report", lambda *_: told)
    tell(bench, shop, "", "u1", "4000", clock)
    tell(bench, shop, "", "u1", "4000", clock)
    assert db.session.query(Suppression).filter_by(shop_id=shop).count() == 2
    assert len(rows(shop_id=shop, kind="optout_result", channel="card")) == 1


def test_the_hook_takes_what_the_provider_posts_and_nothing_else(
    app: Flask, clock: Clock, bench: Bench, sent: tuple[int, str]
) -> None:
    shop, key = sent
    body = a_report(key, "e1", "4000")
    headers = {"X-SOLAPI-SECRET": accounts.hook_secret(f"hook-of-{shop}"), "Content-Type": "application/json"}
    post = app.test_client().post
    assert post(f"/hooks/solapi/hook-of-{shop}", data=body).status_code == 404
    assert post("/hooks/solapi/guess", data=body, headers=headers).status_code == 404
    assert post(f"/hooks/nobody/hook-of-{shop}", data=body, headers=headers).status_code == 404
    huge = b"[" + b" " * 2_000_000 + b"]"
    assert post(f"/hooks/solapi/hook-of-{shop}", data=huge, headers=headers).status_code == 413
    assert texts(shop)[0].state == "sent"
    assert post(f"/hooks/solapi/hook-of-{shop}", data=body, headers=headers).status_code == 200
    assert texts(shop)[0].state == "delivered"


def test_an_alimtalk_that_did_not_arrive_becomes_a_text_that_is_asked_about_anew(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 2, clock)
    with write() as session:
        ways = "solapi_talk solapi"
        session.add(Automation(shop_id=shop, kind="reward_ready", text="", ways=ways, changed_at=clock()))
        for row in session.query(Message).filter_by(shop_id=shop, channel="solapi"):
            row.kind, row.channel, row.state = "reward_ready", "solapi_talk", "sent"
            row.dedupe_key = f"reward_ready:{row.cause}:solapi_talk"
            row.facts = {"reward": "아메리카노", "goal": 10}
    keys = [row.provider_key for row in rows(shop_id=shop, channel="solapi_talk")]
    for event, key in enumerate(keys):
        tell(bench, shop, key, f"e{event}", "3104", clock)
        tell(bench, shop, key, f"again{event}", "3104", clock)
    assert [row.state for row in rows(shop_id=shop, channel="solapi_talk")] == ["undelivered"] * 2
    first, second = texts(shop)
    assert (first.dedupe_key, first.reason) == (
        "reward_ready:visit:0:solapi",
        "알림톡이 가지 못해서 문자로 보내요.",
    )
    assert len({first.provider_key, second.provider_key, *keys}) == 4
    with write() as session:  # asked about anew: one of the two left meanwhile
        session.query(Customer).filter_by(id=second.customer_id).update({"erased_at": clock()})
    drain(app)
    assert [row.state for row in texts(shop)] == ["sent", "suppressed"]
    assert bench.taken() == [first.provider_key]
