"""The race set and the cashier's hour, over HTTP against two web processes on one database (S01, S03, F14, F22)."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.faults.cashiers_hour import an_hour
from tests.faults.counters import Counters, counters
from tests.faults.races import RACES
from tests.faults.results import write_down
from tests.migrated import Migrated

REPEATS = 20
_RACES = """## Races

The race set over HTTP: everybody presses at the same moment, half of them at each of two web processes, and the books
are added up again afterwards. Written by `make test-long`.

| when | database | race | repeats | presses that went wrong | s |
|---|---|---|---|---|---|
"""
_HOURS = """## The cashier's hour

Four phones at two web processes; a fifth of all answers is lost after the request went through, a third of the
presses comes twice. Written by `make test-long`.

| when | database | people | stamps in the ledger | taps | answers lost | s |
|---|---|---|---|---|---|---|
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, db_kind: str, migrated: Migrated) -> Iterator[Counters]:
    folder = tmp_path_factory.mktemp("counters")
    with counters(folder, migrated(db_kind, folder / "counters.db")) as started:
        yield started


@pytest.mark.databases("sqlite")
def test_each_race_and_a_short_hour(here: Counters) -> None:
    for race in RACES.values():
        race(here)
    hour = an_hour(here, 32, seed=3)
    assert hour.lost > 0
    assert hour.taps > hour.stamps


@pytest.mark.long
@pytest.mark.databases("sqlite", "postgres")
@pytest.mark.parametrize("name", RACES)
def test_a_race_twenty_times(here: Counters, db_kind: str, name: str) -> None:
    began = time.monotonic()
    for _ in range(REPEATS):
        RACES[name](here)
    write_down(_RACES, [db_kind, name, REPEATS, 0, round(time.monotonic() - began)])


@pytest.mark.long
@pytest.mark.databases("sqlite", "postgres")
def test_a_cashiers_hour(here: Counters, db_kind: str) -> None:
    began = time.monotonic()
    hour = an_hour(here, 600, seed=11)
    took = round(time.monotonic() - began)
    write_down(_HOURS, [db_kind, hour.stamps, hour.stamps, hour.taps, hour.lost, took])
