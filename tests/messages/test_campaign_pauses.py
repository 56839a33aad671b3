"""A campaign whose messages are all written still stands still: by itself, or because its owner says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.extensions import db
from app.flows import campaign_run, going_on
from app.flows.unit import write
from app.messages import campaigns, queries, registry
from app.messages.campaign_models import Campaign
from app.messages.contract import Accepted, Rejected
from app.messages.models import Message
from app.shops import actions as shops
from tests.messages.accounts import a_paying_shop, drain, texts, thank_all
from tests.provider import Bench
from tests.world import Clock


def a_written_campaign(bench: Bench, clock: Clock, many: int) -> tuple[int, int]:
    """Return (shop, campaign): so many texts wait for their account, and all its people were looked at."""
    shop = a_paying_shop(bench, clock)
    thank_all(shop, many, clock)
    with write() as session:
        owner = shops.add_staff(session, shop_id=shop, name="김사장", role="owner", now=clock())
        made = Campaign(
            shop_id=shop,
            once="once",
            made_by=owner.id,
            made_at=clock(),
            counted=many,
            text="소식",
            send_at=clock() - timedelta(minutes=1),
            state="going",
        )
        session.add(made)
        session.flush()
        session.execute(
            update(Message).where(Message.channel == "solapi").values(cause=f"campaign:{made.id}")
        )
        number = int(made.id)
    campaign_run.go_on_all(now=clock())
    assert state(shop, number) == ("done", "보내는 중이에요")
    return shop, number


def state(shop: int, number: int) -> tuple[str, str]:
    db.session.rollback()
    view = campaigns.campaign(shop, number)
    assert view is not None
    return view.state, view.state_words


def test_too_many_failures_stop_a_campaign_that_is_written_already(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, number = a_written_campaign(bench, clock, 40)
    taken: list[str] = []

    def every_second(batch: Any, *_: Any) -> list[Any]:
        taken.extend(letter.key for letter in batch)
        return [Rejected("no", permanent=True) if n % 2 else Accepted() for n in range(len(batch))]

    monkeypatch.setattr(registry.channel("solapi"), "send", every_second)
    drain(app, limit=18)
    assert state(shop, number)[0] == "done"
    drain(app, limit=8)
    assert state(shop, number)[0] == "paused"
    before = len(taken)
    drain(app)
    assert len(taken) == before < 40
    assert {row.code for row in texts(shop, state="ready")} == {"paused"}
    monkeypatch.setattr(registry.channel("solapi"), "send", lambda batch, *_: [Accepted() for _each in batch])
    going_on.campaign(shop_id=shop, campaign_id=number, now=clock())
    campaign_run.go_on_all(now=clock())
    drain(app)
    assert texts(shop, state="ready") == []
    assert state(shop, number) == ("done", "다 보냈어요")


def test_its_owner_stops_what_is_written_and_lets_it_go_on(app: Flask, clock: Clock, bench: Bench) -> None:
    shop, number = a_written_campaign(bench, clock, 3)
    assert queries.outlook(shop, now=clock()).today == 3
    for _ in range(2):
        campaign_run.pause(shop_id=shop, campaign_id=number)
    assert queries.outlook(shop, now=clock()).today == 0, "none of it goes while it stands still"
    drain(app)
    assert {(row.state, row.code) for row in texts(shop)} == {("ready", "paused")}
    for _ in range(2):
        going_on.campaign(shop_id=shop, campaign_id=number, now=clock())
    campaign_run.go_on_all(now=clock())
    drain(app)
    assert {row.state for row in texts(shop)} == {"sent"}
    campaign_run.pause(shop_id=shop, campaign_id=number)
    assert state(shop, number) == ("done", "다 보냈어요"), "nothing is left to stop"
