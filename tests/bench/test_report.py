"""A figure's verdict: which way its bound points, and what is said when there is none."""

from __future__ import annotations

import pytest

from bench.both import p95_row
from bench.report import Row


@pytest.mark.parametrize(
    ("row", "short", "cells"),
    [
        (Row("ratio", 0.3, must=0.25), False, ["ratio", "0.30", "≥ 0.25", "reached", ""]),
        (Row("ratio", 0.2, must=0.25), True, ["ratio", "0.20", "≥ 0.25", "falls short", ""]),
        (Row("start", 4.0, " s", must=5, most=True), False, ["start", "4 s", "≤ 5 s", "reached", ""]),
        (Row("start", 12.34, " s", must=5, most=True), True, ["start", "12.3 s", "≤ 5 s", "falls short", ""]),
        (Row("lost", 0.0, must=0, most=True), False, ["lost", "0", "≤ 0", "reached", ""]),
        (Row("lost", 1.0, must=0, most=True), True, ["lost", "1", "≤ 0", "falls short", ""]),
        (Row("node", None, must=95, note="no Node"), False, ["node", "not measured", "≥ 95", "", "no Node"]),
        (Row("stamps", 12345.0, "/s"), False, ["stamps", "12,345/s", "", "", ""]),
    ],
)
def test_verdicts(row: Row, short: bool, cells: list[str]) -> None:
    assert row.short is short
    assert row.cells() == cells


def test_nineteen_of_twenty_were_not_slower() -> None:
    row = p95_row("list", [float(each) for each in range(100, 0, -1)], must=95, note="20 customers")
    assert (row.value, row.short, row.note) == (95.0, False, "20 customers; p50 51.0 ms of 100")
