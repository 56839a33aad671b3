"""The owner leaves one out: what it had taken comes back, and what the law wants told stays."""

from __future__ import annotations

from flask import Flask

from app.extensions import db
from app.flows import own_phone
from app.messages.models import AdGrant
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
