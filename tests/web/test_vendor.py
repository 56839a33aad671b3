"""What others made and we ship is exactly what was published (S29)."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
ROW = re.compile(
    r"^\| (?P<name>[^|]+) \| (?P<version>[\d.]+) \| (?P<licence>[^|]+) \| [^|]+ \| (?P<file>\S+) \| (?P<sri>sha384-\S+) \|$"
)
ROWS = [found for line in (VENDOR / "VENDOR.md").read_text().splitlines() if (found := ROW.match(line))]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_a_file_is_what_the_list_says(row: re.Match[str]) -> None:
    path = VENDOR / row["file"]
    digest = base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()
    assert f"sha384-{digest}" == row["sri"]
    assert row["version"] in path.parent.name
    assert (path.parent / "LICENSE").read_text().strip()


def test_every_file_is_on_the_list() -> None:
    listed = {row["file"] for row in ROWS}
    there = {
        path.relative_to(VENDOR).as_posix()
        for path in VENDOR.rglob("*")
        if path.suffix in (".js", ".mjs", ".css", ".wasm", ".ttf")
    }
    assert listed == there
    assert ROWS


def test_the_scan_engine_is_the_text_inside_the_published_worker() -> None:
    folder = VENDOR / "qr-scanner-1.4.2"
    worker = (folder / "qr-scanner-worker.min.js").read_text()
    literal = worker[worker.index("`") + 1 : worker.rindex("`")]
    assert literal.count("\\") == literal.count("\\`") + literal.count("\\${")
    assert literal.replace("\\`", "`").replace("\\${", "${") == (folder / "engine.js").read_text()
