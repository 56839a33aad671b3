"""What is measured on SQLite and on PostgreSQL, in shops filled alike; and what is asked many times over, as a row."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from app.extensions import db
from bench import data
from bench.data import Filled
from bench.report import Row
from launch import testbed

SAMPLES, WARM = 60, 5

# (the database's name, its shop, the process of a server of its own or None) → what was measured there
Measured = Callable[[str, Filled, subprocess.Popen[bytes] | None], list[Row]]


def on_both(folder: Path, ask: Measured, *, customers: int, ledger: int) -> list[Row]:
    """Fill a shop on each database and let `ask` measure it there; returns the rows of both."""
    size = {"customers": customers, "ledger": ledger}
    rows = ask("SQLite", data.fill(folder / "sqlite", **size), None)
    with testbed.postgres_server() as server:
        url = server.url(server.create_database())
        filled = data.fill(folder / "postgres", **size, DATABASE_URL=url)
        return rows + ask("PostgreSQL", filled, server.process)


def times_of(ask: Callable[[], object]) -> list[float]:
    """Return how long each of so many asks took, in milliseconds; the first few do not count."""
    times = []
    for _ in range(SAMPLES + WARM):
        db.session.rollback()
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return times[WARM:]


def p95_row(what: str, times: Iterable[float], *, must: float, note: str) -> Row:
    """Return the row of what took so many milliseconds each time: nineteen of twenty were not slower."""
    found = sorted(times)
    p95, p50 = found[round(0.95 * (len(found) - 1))], found[len(found) // 2]
    return Row(what, p95, " ms", must=must, most=True, note=f"{note}; p50 {p50:.1f} ms of {len(found)}")
