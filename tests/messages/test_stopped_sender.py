"""A paying sender that really stands still (SIGSTOP) past its lease while another one takes over (F25). The long
version kills and stops at every point: tests/faults/test_paid_kills.py."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.flows import deliver
from app.messages.models import Message
from app.messages.way_models import ChannelAccount
from config import ROOT
from tests.faults import points
from tests.faults.stopped_sender import NAME
from tests.messages.accounts import a_paying_shop, change, drain, texts, thank_all
from tests.provider import Bench
from tests.world import Clock

pytestmark = pytest.mark.databases("sqlite")  # both databases: the long test
LEASE_S = 0.5


@pytest.fixture
def sender(app: Flask, bench: Bench, clock: Clock, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that sends what is due, a batch for every line it is given."""
    given = [tmp_path, app.config["DANGOL"].database_url, bench.url, clock().isoformat()]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.stopped_sender", *map(str, given)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    yield process
    process.kill()
    process.communicate()


def stands_still(process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
        assert time.monotonic() < until, "it never came to the point"
        time.sleep(0.02)


def send_until(process: subprocess.Popen[bytes], folder: Path, point: str, lease_s: float) -> None:
    assert process.stdin is not None
    points.order(folder, NAME, point, "stop")
    process.stdin.write(f"{lease_s}\n".encode())
    process.stdin.flush()
    stands_still(process)


def what_it_says(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    process.send_signal(signal.SIGCONT)
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def take_over(app: Flask, clock: Clock) -> None:
    """Be the other sender: its lease is over, the provider is asked, what never came goes."""
    change(Message, lease_ms=1)
    deliver.sweep(now=clock())
    change(Message, lease_ms=0)
    deliver.look_up_unknown(wire=app.config["WIRE"], clock=clock)
    change(Message, lease_ms=0)
    change(ChannelAccount, rest_until_ms=0, failures=0)
    drain(app)


def test_who_wakes_up_after_its_lease_sends_nothing_and_notes_nothing(
    app: Flask, bench: Bench, clock: Clock, sender: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 2, clock)
    send_until(sender, tmp_path, "begun", LEASE_S)  # before the call
    assert ([row.state for row in texts(shop)], bench.taken()) == (["sending"] * 2, [])
    take_over(app, clock)
    assert ([row.state for row in texts(shop)], len(bench.taken())) == (["sent"] * 2, 2)
    time.sleep(LEASE_S)
    assert what_it_says(sender) == {"rejected": 2}
    thank_all(shop, 2, clock, first=2)
    send_until(sender, tmp_path, "answered", 60)  # after it: only this process knows that they were taken in
    assert ([row.state for row in texts(shop)][2:], len(bench.taken())) == (["sending"] * 2, 4)
    take_over(app, clock)
    before = [(row.state, row.fence) for row in texts(shop)]
    assert {state for state, _ in before} == {"sent"}
    assert what_it_says(sender) == {"accepted": 2}
    assert [(row.state, row.fence) for row in texts(shop)] == before
    assert sorted(bench.taken()) == sorted(row.provider_key for row in texts(shop))
