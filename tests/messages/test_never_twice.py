"""The outbox against providers that fail in every way: no key in the bench's log twice, and none lost."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from flask import Flask

from app.flows import deliver
from app.messages.models import Message
from app.messages.way_models import ChannelAccount
from tests.messages.accounts import a_paying_shop, change, connect, drain, thank_all
from tests.messages.world import rows
from tests.provider import Bench, faults, running
from tests.world import Clock

LETTERS = 12
QUICK = [fault for fault in faults.NAMES if fault not in ("hang_after", "hang_before", "drip", "huge")]


@pytest.fixture
def bench(app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The provider of everybody's account; its clock is the shop's."""
    with running(clock=lambda: clock().timestamp(), skew_s=1e12) as bench:
        bench.carrier.accounts.nhn[0].ad_minutes = None
        bench.moody.chance = tuple(QUICK)
        connect(app, bench, monkeypatch)
        yield bench


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("provider", ["solapi", "nhn"])
def test_no_letter_goes_out_twice_and_none_is_lost(
    app: Flask, clock: Clock, bench: Bench, provider: str, seed: int
) -> None:
    shop = a_paying_shop(bench, clock, provider=provider)
    thank_all(shop, LETTERS, clock)
    dice = random.Random(f"{provider} {seed}")
    bench.moody.reseed(f"{provider} {seed}")
    for fault in dice.sample(QUICK, len(QUICK)):  # each of them once, and then by chance
        bench.moody.play(fault)
    bench.moody.share = 0.4
    for _ in range(6):
        _work(app)
    bench.moody.calm()
    for _ in range(LETTERS):
        _work(app)
    sent = rows(channel=provider)
    assert {row.state for row in sent} == {"sent"}
    assert sorted(bench.taken()) == sorted(row.provider_key for row in sent)
    assert len(sent) == LETTERS
    assert set(bench.moody.played) >= set(QUICK)


def _work(app: Flask) -> None:
    """Send what is due and ask about what is unclear; no pause and no rest is waited for."""
    for _ in range(LETTERS // 2):
        change(Message, lease_ms=0)
        change(ChannelAccount, rest_until_ms=0, failures=0)
        drain(app, limit=2)
    change(Message, lease_ms=0)
    deliver.look_up_unknown(wire=app.config["WIRE"], clock=app.config["CLOCK"])
