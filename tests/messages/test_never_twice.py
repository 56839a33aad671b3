"""The outbox against providers that fail in every way: no key in the bench's log twice, and none lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import ModuleType

import pytest
from flask import Flask
from sqlalchemy import update

from app.flows import deliver
from app.flows.unit import write
from app.messages import registry, retries
from app.messages.channels import demo_phone, nhn, solapi
from app.messages.contract import Asked, Letter, Lookup, Outcome, Wire
from app.messages.models import ChannelHealth, Message
from tests.messages.world import a_customer, a_shop, rows, thank
from tests.provider import Bench, faults, running
from tests.world import Clock

LETTERS = 12
SLOW = ("hang_after", "hang_before", "drip", "huge")


class Carried:
    """A channel of a provider in the place of the demo shop's: the outbox needs no account of its own for it."""

    KEY, LABEL = demo_phone.KEY, demo_phone.LABEL
    parse_report = staticmethod(demo_phone.parse_report)

    def __init__(self, channel: ModuleType, bench: Bench) -> None:
        self._channel = channel
        self._account = bench.account(channel.CAPABILITIES.account)
        self._wire = Wire(solapi_url=bench.url, nhn_sms_url=bench.url, nhn_talk_url=bench.url)
        self._to: dict[str, str] = {}
        self.CAPABILITIES = replace(demo_phone.CAPABILITIES, max_batch=channel.CAPABILITIES.max_batch)

    def send(self, batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
        self._to.update({letter.key: letter.to for letter in batch})
        mine = [replace(letter, account=self._account) for letter in batch]
        return self._channel.send(mine, self._wire, latest_start)

    def find(self, asked: Sequence[Asked], wire: Wire) -> list[Lookup]:
        mine = [replace(one, to=self._to[one.key], account=self._account) for one in asked]
        return self._channel.find(mine, self._wire)


@pytest.fixture
def bench(clock: Clock) -> Iterator[Bench]:
    """A bench whose clock is the shop's."""
    with running(clock=lambda: clock().timestamp(), skew_s=1e12, hang_s=0.2) as bench:
        yield bench


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("channel", [solapi, nhn], ids=lambda channel: channel.KEY)
def test_no_letter_goes_out_twice_and_none_is_lost(
    town: Flask, clock: Clock, bench: Bench, channel: ModuleType, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = Carried(channel, bench)
    known = registry.channels()
    monkeypatch.setattr(registry, "channel", lambda key: carried if key == demo_phone.KEY else known[key])
    monkeypatch.setattr(retries, "CALL_DEADLINE_S", 3.0)
    bench.moody.reseed(f"{channel.KEY} {seed}")
    bench.moody.chance = tuple(fault for fault in faults.NAMES if fault not in SLOW)
    shop = a_shop()
    for number in range(LETTERS):
        person = a_customer(shop, f"손님{number}", phone=f"+8210123400{number + 10}")
        thank(shop, person, clock, f"visit:{number}")
    clock.advance(hours=2)
    bench.moody.share = 0.6
    for _ in range(5):
        _work(town)
    bench.moody.calm()
    for _ in range(LETTERS):
        _work(town)
    sent = rows(channel=demo_phone.KEY)
    assert {row.state for row in sent} == {"sent"}
    assert sorted(bench.taken()) == sorted(row.provider_key for row in sent)
    assert len(bench.moody.played) > 5  # it did misbehave


def _work(town: Flask) -> None:
    """Send what is due, ask about what is unclear; no pause and no rest is waited for."""
    with write() as session:
        session.execute(update(Message).where(Message.state.in_(("ready", "unknown"))).values(lease_ms=0))
        session.execute(update(ChannelHealth).values(rest_until_ms=0, failures=0))
    for _ in range(LETTERS // 3):
        deliver.drain(wire=town.config["WIRE"], clock=town.config["CLOCK"], limit=3)
    with write() as session:
        session.execute(update(Message).where(Message.state == "unknown").values(lease_ms=0))
    deliver.look_up_unknown(wire=town.config["WIRE"], clock=town.config["CLOCK"])
