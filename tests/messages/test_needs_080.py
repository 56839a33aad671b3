"""Where a link may not stand for the 080 number, an ad by text ends with the number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.flows.unit import write
from app.shops.models import Shop
from tests.messages.accounts import a_paying_shop, drain, texts, thank_all
from tests.provider import Bench
from tests.world import Clock


@pytest.mark.parametrize(("needed", "number"), [(True, True), (True, False), (False, True)])
def test_the_end_of_an_ad(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch, needed: bool, number: bool
) -> None:
    shop = a_paying_shop(bench, clock)
    with write() as session:
        session.query(Shop).update({"opt_out_080": "080-123-4567" if number else ""})
    monkeypatch.setitem(app.config, "WIRE", replace(app.config["WIRE"], ads_need_080=needed))
    thank_all(shop, 1, clock)
    drain(app)
    (row,) = texts(shop)
    if needed and not number:
        assert (row.state, row.code) == ("suppressed", "no_080")
    else:
        end = row.text.splitlines()[-1]
        assert row.state == "sent"
        assert end == "무료수신거부 080-123-4567" if needed else end.startswith("무료수신거부 https://")
