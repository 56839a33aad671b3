"""What a turn of the clock does for campaigns: one that fails stops nobody else's, and a turn ends."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.flows import campaign_run
from tests.factories import AShop
from tests.flows.campaigning import a_draft, confirm, due, letters, people_who_agreed, the


def test_one_that_fails_costs_the_other_shops_nothing(
    app: Flask, shop: AShop, other_shop: AShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {}
    for each in (shop, other_shop):
        people_who_agreed(each, 1)
        made[each.id] = a_draft(each)
        confirm(each, made[each.id], app.config["WIRE"], "1")
    plan = campaign_run._plan

    def broken(session: Any, row: Any, ids: Any, now: Any) -> None:
        if row.shop_id == shop.id:
            raise ValueError("a row that nobody thought of")
        plan(session, row, ids, now)

    monkeypatch.setattr(campaign_run, "_plan", broken)
    campaign_run.go_on_all(now=due())
    assert letters(made[shop.id]) == []
    assert the(other_shop, made[other_shop.id]).state == "done"
    monkeypatch.setattr(campaign_run, "_plan", plan)
    campaign_run.go_on_all(now=due())
    assert the(shop, made[shop.id]).state == "done", "it was only left for the next turn"


def test_a_turn_ends_and_the_next_one_goes_on(
    app: Flask, shop: AShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    people_who_agreed(shop, 5)
    made = a_draft(shop)
    confirm(shop, made, app.config["WIRE"], "5")
    ticks = iter(range(0, 10_000, 15))
    monkeypatch.setattr(campaign_run, "boot_clock", lambda: next(ticks))
    monkeypatch.setattr(campaign_run, "_AT_ONCE", 1)
    campaign_run.go_on_all(now=due())
    assert campaign_run._TURN_S == 20
    assert {each.customer_id for each in letters(made) if each.channel == "card"} == {
        letters(made)[0].customer_id
    }
    for _ in range(6):
        campaign_run.go_on_all(now=due())
    assert the(shop, made).state == "done"
