"""bench/faults.md: what the long tests found, a table a kind of test; a row is added at the end of its table."""

from __future__ import annotations

from datetime import UTC, datetime

from config import ROOT

RESULTS = ROOT / "bench" / "faults.md"


def write_down(head: str, cells: list[object]) -> None:
    """Add a row with today's date to the table under `head` (heading, words, the table's first two lines)."""
    title = head.splitlines()[0]
    row = "| " + " | ".join(map(str, [f"{datetime.now(UTC):%Y-%m-%d}", *cells])) + " |\n"
    parts: list[list[str]] = []
    for line in RESULTS.read_text().splitlines(keepends=True) if RESULTS.exists() else []:
        if line.startswith("#") or not parts:
            parts.append([])
        parts[-1].append(line)
    mine = next((part for part in parts if part[0].rstrip("\n") == title), None)
    if mine is None:
        mine = []
        parts.append(mine)
    rows = [line for line in mine if line.startswith("| 2")]
    mine[:] = [head, *rows, row]
    RESULTS.write_text("\n".join("".join(part).rstrip("\n") + "\n" for part in parts))
