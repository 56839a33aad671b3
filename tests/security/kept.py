"""Full shops made once in a test process: making one takes longer than most tests that look at it."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

from app.extensions import db, files_dir
from tests.security.full_shop import FullShop, a_full_shop

WORDS = {"가온": "010-7777-4321", "나리": "010-3333-9876"}


def full_shops(*words: str, is_demo: bool) -> list[FullShop]:
    """Lay full shops of those words into the empty SQLite database, as they were when they were made.

    The whole database is copied, page by page, and the shops' files with it: nothing tells it from new ones.
    """
    kept = _kept(words, is_demo)
    if kept.database is None:
        before = set(_files())
        kept.shops = [a_full_shop(word, WORDS[word], is_demo=is_demo) for word in words]
        kept.files = {path: path.read_bytes() for path in _files() if path not in before}
        kept.database = sqlite3.connect(":memory:", check_same_thread=False)
        _copy(to=kept.database)
        return kept.shops
    _copy(out_of=kept.database)
    for path, data in kept.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return kept.shops


class _Kept:
    """What was made: nothing yet."""

    def __init__(self) -> None:
        self.shops: list[FullShop] = []
        self.database: sqlite3.Connection | None = None
        self.files: dict[Path, bytes] = {}


@cache
def _kept(words: tuple[str, ...], is_demo: bool) -> _Kept:
    return _Kept()


def _files() -> list[Path]:
    return [path for path in files_dir().rglob("*") if path.is_file()]


def _copy(*, to: sqlite3.Connection | None = None, out_of: sqlite3.Connection | None = None) -> None:
    """Copy the test's database into another, or another over it."""
    db.session.remove()
    with db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        if to is not None:
            driver.backup(to)
        if out_of is not None:
            out_of.backup(driver)
