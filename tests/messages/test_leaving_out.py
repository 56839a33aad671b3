"""The owner leaves one out: what it had taken comes back, and what the law wants told stays."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.flows import own_phone
from app.flows.unit import write
from app.messages import by_hand
from app.messages.models import AdGrant, Message
from tests.messages.accounts import a_paying_shop, drain, spent, texts, thank_all
from tests.provider import Bench
from tests.world import Clock


def test_one_that_was_tried_gives_its_right_and_its_cost_back(app: Flask, clock: Clock, bench: Bench) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 2, clock)
    with bench.refusing():
        drain(app)
    assert spent(shop) == 100
    first = texts(shop)[0]
    assert (first.state, first.lease_ms is None) == ("ready", False)
    own_phone.leave_out(shop_id=shop, message_id=first.id, now=clock())
    assert spent(shop) == 50
    assert db.session.query(AdGrant).count() == 1
    left = texts(shop)[0]
    assert (left.state, left.code, left.lease_ms) == ("cancelled", "left_out", None)


def test_what_the_law_wants_told_cannot_be_left_out(app: Flask, clock: Clock, bench: Bench) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 1, clock)
    with write() as session:
        facts = {"consent": "ads", "granted": True, "day": "2026-11-23"}
        session.query(Message).filter_by(channel="solapi").update(
            {"kind": "consent_result", "channel": "own_phone", "facts": facts}
        )
    drain(app)
    (line,) = by_hand.by_hand(shop, wire=app.config["WIRE"], now=clock())
    assert line.is_duty
    with pytest.raises(own_phone.MustBeTold, match="꼭 알려 드려야"):
        own_phone.leave_out(shop_id=shop, message_id=line.id, now=clock())
    assert db.session.query(Message.state).filter_by(id=line.id).scalar() == "ready"
