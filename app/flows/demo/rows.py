"""Rows on their way to the database: they may point at each other before anybody has a number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from random import Random
from typing import Any

from app.kit.signing import SPOKEN_ALPHABET


class Row(dict[str, Any]):
    """A row to be. A value that is itself a Row stands for that row's id."""


class Tables:
    """All rows of the demo shop by table name; ids are given in the order of time."""

    def __init__(self, first_ids: dict[str, int]) -> None:
        self._next = dict(first_ids)
        self.rows: dict[str, list[Row]] = {name: [] for name in first_ids}

    def add(self, table: str, **values: Any) -> Row:
        """Add a row that gets its id later."""
        row = Row(values)
        self.rows[table].append(row)
        return row

    def number(self, table: str, by: str | None = None) -> None:
        """Give the rows of a table their ids, in the order of the moment in column `by` (or as added)."""
        if by is not None:
            self.rows[table].sort(key=lambda row: moment_of(row, by))
        for row in self.rows[table]:
            row["id"] = self._next[table]
            self._next[table] += 1

    def plain(self, table: str) -> list[dict[str, Any]]:
        """Return a table's rows as the database takes them. Raises KeyError for a row without an id."""
        return [
            {name: value["id"] if isinstance(value, Row) else value for name, value in row.items()}
            for row in self.rows[table]
        ]


def moment_of(row: Row, column: str) -> datetime:
    """Return a row's moment."""
    moment: datetime = row[column]
    return moment


def drawn_key(rng: Random) -> str:
    """Return 128 drawn bits, hex: what a browser or we would have made at random."""
    return f"{rng.getrandbits(128):032x}"


def drawn_code(rng: Random, length: int, taken: set[str]) -> str:
    """Return a code of the spoken alphabet that nobody has yet."""
    while True:
        code = "".join(rng.choices(SPOKEN_ALPHABET, k=length))
        if code not in taken:
            taken.add(code)
            return code


def in_order(moments: Iterable[tuple[datetime, Any]]) -> list[tuple[datetime, Any]]:
    """Return (moment, thing) pairs by moment; things themselves are never compared."""
    return sorted(moments, key=lambda pair: pair[0])
