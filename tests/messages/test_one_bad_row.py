"""What is wrong with one message, or with one batch, keeps nobody else's back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import deliver
from app.flows.unit import write
from app.messages import recall, registry
from app.messages.actions import sending
from app.messages.models import AdGrant, Message
from app.messages.way_models import ChannelAccount, Charge
from tests.messages.accounts import a_paying_shop, change, drain, texts, thank_all
from tests.provider import Bench
from tests.world import Clock


def patience() -> None:
    change(Message, lease_ms=None)
    change(ChannelAccount, rest_until_ms=0, failures=0)


def test_who_is_erased_while_it_is_on_its_way_stops_nobody(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.customers.models import Customer

    one, other = a_paying_shop(bench, clock), a_paying_shop(bench, clock, "달빛커피")
    (who,) = thank_all(one, 1, clock)
    with write() as session:  # its words are made of its facts
        session.query(Message).filter_by(channel="solapi").update({"kind": "consent_result"})
    with write() as session:
        facts = {"consent": "ads", "granted": True, "day": "2026-11-23"}
        session.query(Message).filter_by(channel="solapi").update({"facts": facts})
    channel = registry.channel("solapi")
    real = channel.send

    def erased_meanwhile(*call: Any) -> Any:
        with write() as session:
            session.query(Customer).filter_by(id=who).update({"erased_at": clock()})
            recall.forget(session, shop_id=one, customer_id=who)
        return real(*call)

    monkeypatch.setattr(channel, "send", erased_meanwhile)
    bench.moody.play("429")
    drain(app)
    monkeypatch.setattr(channel, "send", real)
    assert [(row.state, row.facts) for row in texts(one)] == [("ready", {})]
    thank_all(other, 3, clock, first=10)
    patience()
    drain(app)
    assert [(row.state, row.code) for row in texts(one)] == [("suppressed", "erased")]
    assert [row.state for row in texts(other)] == ["sent"] * 3
    assert db.session.query(Charge).filter_by(shop_id=one).count() == 0


def test_a_row_without_words_ends_alone(app: Flask, clock: Clock, bench: Bench) -> None:
    one, other = a_paying_shop(bench, clock), a_paying_shop(bench, clock, "달빛커피")
    thank_all(one, 3, clock)
    thank_all(other, 2, clock, first=10)
    with write() as session:
        bad = session.query(Message).filter_by(channel="solapi", cause="visit:1").one()
        bad.kind, bad.facts = "consent_result", {}
    drain(app)
    assert [(row.state, row.code) for row in texts(one)] == [("sent", ""), ("failed", "fault"), ("sent", "")]
    assert texts(one)[1].reason == "글을 만들지 못해서 보내지 않았어요."
    assert [row.state for row in texts(other)] == ["sent"] * 2
    assert db.session.query(AdGrant).count() == 4


def test_a_kind_that_is_no_more_ends_alone(app: Flask, clock: Clock, bench: Bench) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 3, clock)
    with write() as session:
        session.query(Message).filter_by(channel="solapi", cause="visit:1").update({"kind": "bygone"})
    drain(app)
    assert [(row.state, row.code) for row in texts(shop)] == [("sent", ""), ("failed", "fault"), ("sent", "")]


def test_one_that_breaks_its_batch_keeps_itself_back(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 3, clock)
    bad, real = texts(shop)[1].id, sending.begin

    def broken(session: Any, holds: Any, **how: Any) -> Any:
        begun = real(session, holds, **how)
        if bad in [hold.id for hold in holds]:
            raise RuntimeError("words that the database does not take")
        return begun

    monkeypatch.setattr(sending, "begin", broken)
    drain(app)
    assert [row.state for row in texts(shop)] == ["sent", "ready", "sent"]
    assert deliver.claim_due(now=clock()) == [], "not taken again at once"
    assert db.session.query(AdGrant).count() == 2
    assert bench.doubles() == []


def test_letter_by_letter_it_stops_when_it_is_asked_to(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 3, clock)
    real = sending.begin

    def broken(session: Any, holds: Any, **how: Any) -> Any:
        if holds[0].channel == "solapi" and len(holds) > 1:
            raise RuntimeError("a held row changed hands")
        return real(session, holds, **how)

    monkeypatch.setattr(sending, "begin", broken)
    done = drain(app, stop=lambda: bool(bench.taken()))
    assert (len(bench.taken()), done["given_back"]) == (1, 2)
    assert [row.state for row in texts(shop)] == ["sent", "ready", "ready"]


def test_a_batch_that_cannot_begin_waits_and_the_others_go(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = a_paying_shop(bench, clock), a_paying_shop(bench, clock, "달빛커피")
    thank_all(one, 2, clock)
    thank_all(other, 2, clock, first=10)
    real = sending.begin

    def broken(session: Any, holds: Any, **how: Any) -> Any:
        if holds[0].shop_id == one and holds[0].channel == "solapi":
            raise RuntimeError("a held row changed hands")
        return real(session, holds, **how)

    monkeypatch.setattr(sending, "begin", broken)
    done = drain(app)
    assert done["given_back"] == 2
    assert [row.state for row in texts(one)] == ["ready"] * 2
    assert [row.state for row in texts(other)] == ["sent"] * 2
    assert deliver.claim_due(now=clock()) == [], "not taken again at once"
    monkeypatch.setattr(sending, "begin", real)
    patience()
    drain(app)
    assert [row.state for row in texts(one)] == ["sent"] * 2
    assert bench.doubles() == []
