"""Tables as files a spreadsheet opens: CSV. Every cell is text, and none of them is a formula.

A cell that begins like a formula (=, +, -, @, a tab) runs in Excel when somebody opens the file (OWASP, "CSV
injection"): it gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import BinaryIO

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def plain_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_RUNS) else text


def write_csv(target: BinaryIO, head: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a table as CSV, with the mark by which Excel knows UTF-8; returns the number of rows."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    try:
        paper, count = csv.writer(text, lineterminator="\r\n"), 0
        paper.writerow(head)
        for row in rows:
            paper.writerow([plain_cell(cell) for cell in row])
            count += 1
    finally:
        text.flush()
        text.detach()
    return count
