"""An ad's right counts from when it goes, not from its first try."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.extensions import db
from app.messages.models import AdGrant, Message
from app.messages.way_models import ChannelAccount
from tests.messages.accounts import a_paying_shop, change, drain, texts, thank_all
from tests.messages.world import thank
from tests.provider import Bench
from tests.world import Clock


def test_one_that_went_two_days_late_keeps_the_next_ad_away_from_then(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    shop = a_paying_shop(bench, clock)
    (who,) = thank_all(shop, 1, clock)
    change(Message, not_after=clock() + timedelta(days=9))
    with bench.refusing():
        drain(app)
    assert [row.state for row in texts(shop)] == ["ready"]
    assert db.session.query(AdGrant.at).scalar() == clock()
    clock.advance(days=2)
    change(Message, lease_ms=None)
    change(ChannelAccount, rest_until_ms=0, failures=0)
    drain(app)
    assert [row.state for row in texts(shop)] == ["sent"]
    (right,) = db.session.query(AdGrant).all()
    assert right.at == clock()
    clock.advance(days=1, hours=2)  # more than three days after the first try, one after it went
    thank(shop, who, clock, "visit:again")
    drain(app)
    assert [row.code for row in texts(shop, cause="visit:again")] == ["cap"]
