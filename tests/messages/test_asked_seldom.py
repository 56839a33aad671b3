"""Of some messages nobody will ever say what became of them: they are asked about ever more seldom."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.flows import deliver
from app.flows.unit import write
from app.messages import gather, retries
from app.messages.models import Message
from app.messages.way_models import ChannelAccount
from tests.messages.accounts import a_paying_shop, change, drain, texts, thank_all
from tests.provider import Bench
from tests.world import Clock


@pytest.mark.parametrize(
    ("fence", "jitter", "seconds"),
    [(2, 0.0, 5), (2, 1.0, 30), (10, 1.0, 30), (100, 0.0, 50), (100, 1.0, 300), (9999, 0.5, 3600)],
)
def test_how_long_it_waits(fence: int, jitter: float, seconds: int) -> None:
    assert retries.wait_before_asking(fence, jitter) == seconds


def test_whose_account_is_gone_is_asked_about_seldom(app: Flask, clock: Clock, bench: Bench) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 1, clock)
    bench.moody.play("lost")
    drain(app)
    with write() as session:
        session.query(ChannelAccount).delete()
    waits = []
    for asked in (4, 4000):
        change(Message, lease_ms=0, fence=asked)
        assert deliver.look_up_unknown(wire=app.config["WIRE"], clock=clock) == 1
        (row,) = texts(shop)
        waits.append((row.lease_ms or 0) - gather.database_ms(db.session))
    assert row.state == "unknown"
    assert waits[0] <= 30_000 < 1_000_000 < waits[1]
