"""What was sent in the time that a restore lost, and is planned anew hours later, is looked for where it was sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.flows import deliver
from app.flows.unit import write
from app.messages.models import AdGrant, Attempt, Message
from app.messages.way_models import Charge, Restore
from tests.messages.accounts import a_paying_shop, change, drain, thank_all
from tests.messages.world import thank
from tests.provider import Bench
from tests.world import Clock


@pytest.mark.parametrize("provider", ["solapi", "nhn"])
def test_what_is_planned_anew_hours_later_is_found(
    app: Flask, clock: Clock, bench: Bench, provider: str
) -> None:
    shop = a_paying_shop(bench, clock, provider=provider)
    (who,) = thank_all(shop, 1, clock)
    drain(app)
    assert len(bench.taken()) == 1
    with write() as session:  # the database is what it was before any of it was planned
        for table in (Attempt, AdGrant, Charge, Message):
            session.query(table).delete()
        restored = clock() + timedelta(hours=5)
        session.add(Restore(at=restored, is_sure=True, backup_at=clock() - timedelta(hours=8)))
    for parcel in bench.carrier.parcels.values():  # their clock is the bench's own
        parcel.at = clock().timestamp()
    clock.advance(hours=5)
    thank(shop, who, clock, "visit:0")
    drain(app)
    change(Message, lease_ms=0)
    deliver.look_up_unknown(wire=app.config["WIRE"], clock=clock)
    change(Message, lease_ms=0)
    drain(app)
    assert bench.doubles() == []
    assert len(bench.taken()) == 1
