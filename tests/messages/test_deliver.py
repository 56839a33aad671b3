"""From a planned row to the provider, and everything that may happen on the way."""

from __future__ import annotations

import json
import socket
import struct
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.customers.models import Customer, Suppression
from app.extensions import db
from app.flows import deliver
from app.flows.unit import write
from app.messages import recall, retries
from app.messages.models import AdGrant, Attempt, ChannelHealth, Message
from tests.messages.world import Provider, a_consent, a_customer, a_shop, answer, rows, thank
from tests.world import Clock


def drain(town: Flask) -> dict[str, int]:
    return dict(deliver.drain(wire=town.config["WIRE"], clock=town.config["CLOCK"]))


def look_up(town: Flask) -> int:
    with write() as session:
        session.execute(update(Message).where(Message.state == "unknown").values(lease_ms=0))
    return deliver.look_up_unknown(wire=town.config["WIRE"], clock=town.config["CLOCK"])


def patience() -> None:
    """Let the wait before the next try be over."""
    with write() as session:
        session.execute(update(Message).where(Message.state == "ready").values(lease_ms=None))


def travelling() -> Message:
    return rows(channel="demo_phone")[0]


def test_a_thank_you_goes_out_once_after_two_hours(town: Flask, clock: Clock, provider: Provider) -> None:
    shop = a_shop()
    person = a_customer(shop)
    thank(shop, person, clock)
    assert drain(town) == {}
    clock.advance(hours=2)
    drain(town)
    drain(town)
    assert len(provider.accepted) == 1
    letter = provider.accepted[0]
    link = letter["text"].rsplit("\n", 1)[1]
    assert letter["to"] == "+821012345678"
    assert letter["text"].startswith("(광고)달빛커피\n\n김단골 님, 달빛커피에 와 주셔서")
    assert link.startswith("무료수신거부 http://127.0.0.1")
    assert len(link.rsplit("/", 1)[1]) >= 22
    assert [row.state for row in rows()] == ["sent", "sent"]
    assert db.session.query(Attempt).one().outcome == "accepted"
    assert db.session.query(AdGrant).count() == 1


def test_the_same_day_gives_one_thank_you(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    person = a_customer(shop)
    assert thank(shop, person, clock, "visit:1") is not None
    assert thank(shop, person, clock, "visit:2") is None
    assert len(rows()) == 2


def test_without_consent_it_waits_on_the_card(town: Flask, clock: Clock, provider: Provider) -> None:
    shop = a_shop()
    person = a_customer(shop, agreed=("age14", "required"))
    thank(shop, person, clock)
    clock.advance(hours=2)
    drain(town)
    (row,) = rows()
    assert (row.channel, row.state) == ("card", "sent")
    assert row.reason == "카드에만 남겨요. 광고 문자에 동의하지 않은 손님이에요."
    assert "(광고)" not in row.text
    assert provider.accepted == []


def test_a_stamp_receipt_lies_on_the_card_at_once(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    person = a_customer(shop, name="", phone=None)
    thank(shop, person, clock, "stamp:1", kind="stamp_receipt")
    (row,) = rows()
    assert row.state == "sent"
    assert row.text == "고객님, 방문해 주셔서 감사합니다. 도장 1개 찍었어요(7/10)."


@pytest.mark.parametrize("how", ["withdraw", "suppress", "erase", "reverse", "switch"])
def test_what_changes_before_sending_counts(town: Flask, clock: Clock, provider: Provider, how: str) -> None:
    shop = a_shop()
    person = a_customer(shop)
    thank(shop, person, clock)
    clock.advance(hours=2)
    with write() as session:
        someone = session.query(Customer).one()
        if how == "withdraw":
            session.add(a_consent(someone, "ads", "withdraw"))
        elif how == "suppress":
            session.add(
                Suppression(shop_id=shop, address_key=f"key-of-{someone.phone}", at=clock(), source="link")
            )
        elif how == "erase":
            someone.erased_at = clock()
        elif how == "reverse":
            recall.cancel(session, shop_id=shop, cause="visit:1", reason="적립 취소", now=clock())
        else:
            from app.messages.models import Automation

            session.add(Automation(shop_id=shop, kind="thank_you", is_on=False, text="", changed_at=clock()))
    drain(town)
    assert provider.accepted == []
    row = travelling()
    assert row.state == ("cancelled" if how == "reverse" else "suppressed")
    assert row.reason


def test_a_cancelled_cause_frees_its_key(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    person = a_customer(shop)
    thank(shop, person, clock, "visit:1")
    with write() as session:
        assert recall.cancel(session, shop_id=shop, cause="visit:1", reason="적립 취소", now=clock()) == 2
    assert thank(shop, person, clock, "visit:2") is not None


def test_night_waits_for_the_morning(town: Flask, clock: Clock, provider: Provider) -> None:
    clock.set(datetime(2026, 11, 23, 10, 30, tzinfo=UTC))  # 19:30; due 21:30
    shop = a_shop()
    thank(shop, a_customer(shop), clock)
    clock.advance(hours=2, minutes=1)
    drain(town)
    row = travelling()
    assert (row.state, row.code) == ("ready", "night")
    assert row.due_at == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    clock.set(row.due_at)
    drain(town)
    assert len(provider.accepted) == 1


def test_one_ad_in_three_days(town: Flask, clock: Clock, provider: Provider) -> None:
    shop = a_shop()
    person = a_customer(shop)
    thank(shop, person, clock, "visit:1")
    clock.advance(hours=2)
    drain(town)
    clock.advance(days=1)
    thank(shop, person, clock, "visit:2")
    clock.advance(hours=2)
    drain(town)
    assert len(provider.accepted) == 1
    assert rows(channel="demo_phone")[1].code == "cap"
    assert rows(channel="card")[1].state in ("ready", "sent")


def test_an_accepting_500_is_never_sent_again(town: Flask, clock: Clock, provider: Provider) -> None:
    def sly(handler: Any, letter: dict[str, Any]) -> None:
        provider.accept(letter)
        answer(handler, 500)

    _due_one(clock)
    provider.script = [sly]
    drain(town)
    assert travelling().state == "unknown"
    drain(town)
    assert len(provider.accepted) == 1
    assert look_up(town) == 1
    assert travelling().state == "sent"


@pytest.mark.parametrize("accepts", [True, False])
@pytest.mark.parametrize("fault", ["garbage", "hang", "reset", "drip", "huge", "302", "408"])
def test_a_fault_is_unclear_until_the_provider_tells(
    town: Flask,
    clock: Clock,
    provider: Provider,
    fault: str,
    accepts: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if fault in ("hang", "drip"):
        monkeypatch.setattr(retries, "CALL_DEADLINE_S", 1.0)

    def act(handler: Any, letter: dict[str, Any]) -> None:
        if accepts:
            provider.accept(letter)
        misbehave(handler, fault)

    _due_one(clock)
    provider.script = [act]
    began = time.monotonic()
    drain(town)
    assert time.monotonic() - began < 8  # what hangs or drips does so for longer
    assert travelling().state == "unknown"
    assert travelling().reason == "보냈는지 확인이 필요해요."
    look_up(town)
    assert travelling().state == ("sent" if accepts else "ready")
    assert drain(town) == {}
    patience()
    drain(town)
    assert travelling().state == "sent"
    assert len(provider.accepted) == 1


def misbehave(handler: Any, fault: str) -> None:
    if fault == "garbage":
        answer(handler, 200, b"<html>hello</html>")
    elif fault == "hang":
        handler.connection.settimeout(20)
        handler.connection.recv(1)  # until the sender leaves
    elif fault == "reset":
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
    elif fault == "drip":
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(200):
            time.sleep(0.1)
            handler.wfile.write(b"X: y\r\n")
            handler.wfile.flush()
    elif fault == "huge":
        answer(handler, 200, b"x" * 300_000)
    elif fault == "302":
        answer(handler, 302, headers={"Location": "http://127.0.0.1:9/"})
    else:
        answer(handler, int(fault))


def test_too_many_requests_pauses_the_channel(town: Flask, clock: Clock, provider: Provider) -> None:
    _due_one(clock)
    provider.script = [lambda handler, letter: answer(handler, 429, headers={"Retry-After": "120"})]
    drain(town)
    row = travelling()
    assert (row.state, row.code) == ("ready", "retry")
    assert row.lease_ms is not None
    assert row.lease_ms > (time.time() + 100) * 1000
    clock.advance(hours=1)
    assert drain(town) == {}  # waiting and resting go by the database's clock, whatever ours says
    patience()
    assert drain(town) == {}
    with write() as session:
        session.execute(update(ChannelHealth).values(rest_until_ms=0))
    drain(town)
    assert travelling().state == "sent"
    assert db.session.query(AdGrant).count() == 1


def test_a_clear_no_is_final_and_gives_the_right_back(town: Flask, clock: Clock, provider: Provider) -> None:
    _due_one(clock)
    provider.script = [lambda handler, letter: answer(handler, 400)]
    drain(town)
    assert travelling().state == "failed"
    assert db.session.query(AdGrant).count() == 0


def test_nobody_there_opens_the_circuit_after_five(town: Flask, clock: Clock, provider: Provider) -> None:
    shop = a_shop()
    for number in range(7):
        thank(shop, a_customer(shop, phone=f"+8210111111{number:02d}"), clock, f"visit:{number}")
    clock.advance(hours=2)
    wire = town.config["WIRE"]
    from dataclasses import replace

    gone = replace(wire, demo_phone_url="http://127.0.0.1:9")
    deliver.drain(wire=gone, clock=clock)
    health = db.session.query(ChannelHealth).one()
    assert health.failures >= 5
    assert health.rest_until_ms > 0
    assert {row.state for row in rows(channel="demo_phone")} == {"ready"}
    clock.advance(minutes=40)
    assert drain(town) == {}


def test_after_eight_tries_it_is_dead(town: Flask, clock: Clock, provider: Provider) -> None:
    _due_one(clock)
    provider.script = [lambda handler, letter: answer(handler, 429)] * 9
    for _ in range(9):
        with write() as session:
            session.execute(update(ChannelHealth).values(rest_until_ms=0))
        patience()
        drain(town)
    row = travelling()
    assert (row.state, row.tries) == ("dead", 8)
    assert db.session.query(AdGrant).count() == 0


def test_an_expired_claim_is_ready_and_an_expired_sending_unknown(town: Flask, clock: Clock) -> None:
    _due_one(clock)
    holds = deliver.claim_due(now=clock())
    with write() as session:
        session.execute(update(Message).where(Message.channel == "demo_phone").values(lease_ms=1))
    assert deliver.sweep(now=clock())["returned"] == 1
    assert travelling().state == "ready"
    # The one who held it comes back late: fenced off.
    late = [hold for hold in holds if hold.channel == "demo_phone"]
    assert deliver.send(late, wire=town.config["WIRE"], clock=clock)["not_now"] == 1
    assert travelling().tries == 0
    with write() as session:
        session.execute(
            update(Message).where(Message.channel == "demo_phone").values(state="sending", lease_ms=1)
        )
    assert deliver.sweep(now=clock())["unclear"] == 1
    assert travelling().state == "unknown"


def test_a_sender_past_its_lease_sends_nothing(
    town: Flask, clock: Clock, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    _due_one(clock)
    monkeypatch.setattr(retries, "LAST_BYTE_S", -1.0)
    drain(town)
    assert provider.accepted == []
    assert travelling().state == "ready"


def test_stopping_gives_the_rest_back(town: Flask, clock: Clock, provider: Provider) -> None:
    _due_one(clock)
    deliver.drain(wire=town.config["WIRE"], clock=clock, stop=lambda: True)
    assert provider.accepted == []
    assert {row.state for row in rows()} == {"ready"}


def test_a_stale_greeting_never_goes_out(town: Flask, clock: Clock, provider: Provider) -> None:
    _due_one(clock)
    clock.advance(days=3)
    drain(town)
    deliver.sweep(now=clock())
    assert provider.accepted == []
    assert travelling().state == "expired"


def test_claiming_is_fair_over_shops(town: Flask, clock: Clock) -> None:
    big, small = a_shop("큰가게"), a_shop("작은가게")
    for number in range(12):
        thank(big, a_customer(big, phone=f"+8210222222{number:02d}"), clock, f"visit:{number}")
    clock.advance(minutes=1)
    for number in range(2):
        thank(small, a_customer(small, phone=f"+8210333333{number:02d}"), clock, f"visit:{number}")
    clock.advance(hours=3)
    first = deliver.claim_due(now=clock(), limit=6)
    assert sum(hold.shop_id == small for hold in first) == 3


def test_nothing_is_claimed_twice(town: Flask, clock: Clock) -> None:
    _due_one(clock)
    assert len(deliver.claim_due(now=clock())) == 2
    assert deliver.claim_due(now=clock()) == []


def _due_one(clock: Clock) -> tuple[int, int]:
    shop = a_shop()
    person = a_customer(shop)
    thank(shop, person, clock)
    clock.advance(hours=2)
    return shop, person


def test_the_attempt_is_written_before_the_call(town: Flask, clock: Clock, provider: Provider) -> None:
    seen: list[tuple[str, int]] = []

    def peek(handler: Any, letter: dict[str, Any]) -> None:
        with town.app_context():
            row = db.session.query(Message).filter_by(provider_key=letter["key"]).one()
            attempts = db.session.query(Attempt).filter_by(shop_id=row.shop_id, message_id=row.id).count()
            seen.append((row.state, attempts))
            db.session.remove()
        answer(handler, 200, json.dumps(provider.accept(letter)).encode())

    _due_one(clock)
    provider.script = [peek]
    drain(town)
    assert seen == [("sending", 1)]
