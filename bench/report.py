"""What was measured, against what must be reached, as a table in words."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

LOAD_BEFORE = os.getloadavg()[0]  # read when the bench starts, before it adds its own
RESULTS = Path(__file__).with_name("results.md")


@dataclass(frozen=True)
class Row:
    """One figure. `must` is the bound to reach, None where there is none; `most` says it is an upper one."""

    what: str
    value: float | None  # None: not measured, `note` says why
    unit: str = ""
    must: float | None = None
    most: bool = False
    note: str = ""

    @property
    def short(self) -> bool:
        """Whether it falls short of what it must reach."""
        if self.value is None or self.must is None:
            return False
        return self.value > self.must if self.most else self.value < self.must

    def cells(self) -> list[str]:
        """Return the row's cells: what, measured, must, verdict, note."""
        sign = "≤" if self.most else "≥"
        bound = "" if self.must is None else f"{sign} {_number(self.must)}{self.unit}"
        measured = "not measured" if self.value is None else f"{_number(self.value)}{self.unit}"
        verdict = (
            "" if self.value is None or self.must is None else ("falls short" if self.short else "reached")
        )
        return [self.what, measured, bound, verdict, self.note]


def _number(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    return f"{value:,.{places}f}"


def write(rows: list[Row], how: list[str]) -> None:
    """Write results.md: how it was measured, on what machine, and the table."""
    lines = [
        "# What was measured",
        "",
        "Written by `make bench`; see `bench/README.md` for what each row means.",
        "",
    ]
    lines += [f"- {line}" for line in [*how, *machine()]]
    lines += ["", "| what | measured | must | | note |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(row.cells())} |" for row in rows]
    RESULTS.write_text("\n".join(lines) + "\n")


def show(rows: list[Row]) -> int:
    """Print the rows, then what falls short; returns how many do."""
    for row in rows:
        what, measured, bound, verdict, note = row.cells()
        print(f"{what:<58}{measured:>16}  {bound:<12}{verdict:<13}{note}")
    short = [row for row in rows if row.short]
    print()
    print(
        f"{len(short)} of {sum(row.must is not None for row in rows)} bounds are not reached."
        if short
        else "All bounds are reached."
    )
    for row in short:
        print(f"  falls short: {row.what}: {row.cells()[1]}, must be {row.cells()[2]}")
    return len(short)


def machine() -> list[str]:
    """Return what the machine is, without saying whose."""
    memory = next(
        int(line.split()[1]) / 1024**2
        for line in Path("/proc/meminfo").read_text().splitlines()
        if line.startswith("MemTotal")
    )
    return [
        f"Machine: {os.cpu_count()} cores ({_processor()}), {memory:.0f} GB memory, {platform.system()} {platform.machine()}",
        f"Load of the machine when the bench began (1 = one core busy with other work): {LOAD_BEFORE:.1f}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {_said('postgres')}, {_said('chromium')}",
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.machine()


def _said(program: str) -> str:
    from launch import debian

    place = str(debian.postgres_bin() or "") + "/postgres" if program == "postgres" else program
    try:
        done = subprocess.run([place, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return f"no {program}"
    version = re.search(r"\d+(\.\d+)+", done.stdout)
    name = {"postgres": "PostgreSQL", "chromium": "Chromium"}[program]
    return f"{name} {version.group()}" if version else f"no {program}"
