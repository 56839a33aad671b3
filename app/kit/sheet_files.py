"""Tables as files a spreadsheet opens: CSV, and xlsx. Every cell is text, and none of them is a formula.

A cell that begins like a formula (=, +, -, @, a tab) runs in Excel when somebody opens the file (OWASP, "CSV
injection"): in CSV it gets an apostrophe before it, in xlsx it is written as a string.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
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


def write_xlsx(
    target: BinaryIO, head: Sequence[str], rows: Iterable[Sequence[str]], *, sheet: str, folder: Path
) -> int:
    """Write a table as xlsx, a row at a time in `folder` so that memory stays small; returns the number of rows."""
    import xlsxwriter  # the web processes start without it

    safe = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, {**safe, "constant_memory": True, "tmpdir": str(folder)})
    try:
        page, bold = book.add_worksheet(sheet), book.add_format({"bold": True})
        page.freeze_panes(1, 0)
        page.set_column(0, len(head) - 1, 16)
        page.write_row(0, 0, head, bold)
        count = 0
        for count, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                page.write_string(count, column, cell)
    finally:
        book.close()
    return count
