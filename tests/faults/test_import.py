"""A file of 100,000 orders beside twenty tills, its worker killed twice on the way: nothing is lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launch.testbed import valkey_server
from tests.faults.beside_import import Beside, stamp_beside
from tests.faults.counters import counters
from tests.faults.results import write_down
from tests.migrated import Migrated

_HEAD = """## A file beside the tills

A file of orders is taken in by the worker, which is killed (kill -9) a third and two thirds on the way, while tills
stamp over HTTP at two web processes, half a second between two presses of each. Every order, stamp and sum is held
against what the file says and what the tills were told. Answer times are those of the stamps, on a machine that also
runs the tills themselves and whatever else it has to do. Written by `make test-long`.

| when | database | orders | tills | kills | stamps acknowledged | lost, doubled or refused | p50 alone, ms | p50 beside, ms | p99 alone, ms | p99 beside, ms | p99 beside ÷ alone | s |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""
Run = Callable[[int, int, float], Beside]  # orders, tills, seconds alone


@pytest.fixture
def beside(tmp_path: Path, db_kind: str, migrated: Migrated) -> Iterator[Run]:
    """A run on the asked-for database, with servers of its own."""
    url = migrated(db_kind, tmp_path / "tills.db")
    with counters(tmp_path, url) as here, valkey_server() as valkey:

        def run(orders: int, tills: int, alone_s: float) -> Beside:
            return stamp_beside(here, valkey, orders=orders, tills=tills, alone_s=alone_s)

        yield run


@pytest.mark.databases("sqlite")
def test_a_small_file_beside_four_tills(beside: Run) -> None:
    found = beside(6_000, 4, 2.0)
    assert found.stamps > 8


@pytest.mark.long
@pytest.mark.databases("sqlite", "postgres")
def test_a_hundred_thousand_orders_beside_twenty_tills(beside: Run, db_kind: str) -> None:
    found = beside(100_000, 20, 30.0)
    times = (found.alone_p50_ms, found.beside_p50_ms, found.alone_ms, found.beside_ms)
    write_down(
        _HEAD,
        [
            *(db_kind, f"{100_000:,}", 20, found.kills, found.stamps, 0),
            *(round(each) for each in times),
            f"{found.beside_ms / found.alone_ms:.1f}",
            round(found.import_s),
        ],
    )
