"""Kill -9 in the middle of texts that cost money, before a provider that fails, lies and repeats itself (F02, F09–F11)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from launch.testbed import PostgresServer, valkey_server
from tests.faults.paying_arena import PaidVerdict, PayingArena
from tests.faults.results import write_down

pytestmark = pytest.mark.databases("sqlite", "postgres")

_HEAD = """# Texts over a shop's own account

Workers and web killed at random (fixed seeds), one clock an hour ahead, before the provider on the bench (SOLAPI): a fifth of its calls fail in one of
its ways, a fifth of its reports come late, twice, in the wrong order, or forged. Its own fsynced log is the judge. Written by `make test-long`.

| when | database | seed | kills | texts | taken in | calls gone wrong | told by reports | twice | lost | unclear | not paid exactly once | won too much | against the provider's last word |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""


@pytest.fixture
def arena(tmp_path: Path, db_kind: str, request: pytest.FixtureRequest) -> Iterator[PayingArena]:
    """The arena on the asked-for database."""
    with ExitStack() as closing:
        if db_kind == "postgres":
            server: PostgresServer = request.getfixturevalue("postgres")
            url = server.url(server.create_database())
        else:
            url = f"sqlite:///{tmp_path / 'faults.db'}"
        valkey = closing.enter_context(valkey_server())
        arena = PayingArena(tmp_path, url, valkey, seed=23, share=0.2, people=300)
        closing.callback(arena.stop)
        yield arena


@pytest.mark.long
def test_a_hundred_kills_before_a_provider_that_fails(arena: PayingArena, db_kind: str) -> None:
    for name in ("web", "worker-0", "worker-1", "paid-line"):
        arena.start(name)
    arena.wait_until_open(4)
    while arena.kills < 100:
        arena.kill(arena.dice.choice(["worker-0", "worker-0", "worker-1", "worker-1", "web"]))
        time.sleep(arena.dice.uniform(0.1, 1.8))
    arena.wait_until_paid(60)
    arena.end("paid-line")
    arena.settle(90)
    found = arena.paid_verdict()
    print(found)
    write_down(_HEAD, _cells(found, db_kind, arena))
    assert found.taken > 20, found
    assert found.told > 20, found
    assert found.faults > 10, found
    assert found.doubles == found.lost == found.hidden == found.unknown == 0, found
    assert found.unpaid == found.over == found.against_report == 0, found


def _cells(found: PaidVerdict, db_kind: str, arena: PayingArena) -> list[object]:
    counted = [db_kind, arena.seed, arena.kills, found.texts, found.taken, found.faults, found.told]
    wrong = [
        found.doubles,
        found.lost + found.hidden,
        found.unknown,
        found.unpaid,
        found.over,
        found.against_report,
    ]
    return [*counted, *wrong]
