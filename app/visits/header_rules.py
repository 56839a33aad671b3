"""Which row of a file holds the titles, whose export it is, and which column is what. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.visits.cell_rules import is_safe_number, read_moment, read_phone
from app.visits.source_contract import ORDERS, PEOPLE, RECEIPTS, Source

# A row of guidance or a title stands above; further down are people.
LOOKED_AT = 10
_LEAST_MARKS = 2


@dataclass(frozen=True)
class Found:
    """The titles of a file: in which row (from 0), whose they are ("" nobody's we know), field → column (from 0)."""

    row: int
    titles: tuple[str, ...]
    source: str
    columns: Mapping[str, int]

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing has to be asked."""
        return bool(self.source)


def plain(title: str) -> str:
    """Return a title as it is compared: full-width letters, case and spaces make no other title."""
    return "".join(unicodedata.normalize("NFKC", title).lower().split())


def header_key(titles: Sequence[str]) -> str:
    """Return what a row of titles is remembered by."""
    return hashlib.sha256("\x1f".join(plain(title) for title in titles).encode()).hexdigest()


def columns_of(source: Source, titles: Sequence[str]) -> dict[str, int]:
    """Return field → column for the titles that a source knows; the better title of a field wins."""
    where: dict[str, int] = {}
    for place, title in enumerate(titles):
        where.setdefault(plain(title), place)
    found = {}
    for name, aliases in source.columns.items():
        known = [where[plain(alias)] for alias in aliases if plain(alias) in where]
        if known:
            found[name] = known[0]
    return found


def missing(kind: str, columns: Mapping[str, int]) -> str | None:
    """Return a sentence about what can't be done without, or None when all of it is there."""
    if kind == PEOPLE:
        return None if {"name", "phone"} & set(columns) else "이름이나 휴대폰이 어느 열인지 골라 주세요."
    if kind == RECEIPTS:
        if "amount" not in columns:
            return "받은 금액이 어느 열인지 골라 주세요."
        return None if {"at", "time"} & set(columns) else "결제한 때가 어느 열인지 골라 주세요."
    if "at" not in columns:
        return "주문한 날이 어느 열인지 골라 주세요."
    known = {"name", "phone", "buyer"} & set(columns)
    return None if known else "손님 이름이나 휴대폰이 어느 열인지 골라 주세요."


def find(rows: Sequence[Sequence[str]], sources: Mapping[str, Source]) -> Found | None:
    """Find the titles among a file's first rows; None when no row holds two words beside each other or one known title.

    A marketplace's own titles win over those that everybody uses, and a whole set over half of one. A row with a
    number or a day in it is somebody's and no titles: its words would be kept, and the person would not come in.
    """
    best: tuple[tuple[int, int], Found] | None = None
    for number, row in enumerate(rows[:LOOKED_AT]):
        titles = tuple(row)
        for source in sources.values():
            worth = _worth(source, titles)
            if worth > (0, 0) and (best is None or worth > best[0]):
                columns = columns_of(source, titles)
                known = source.key if _is_it(source, titles, columns) else ""
                best = (worth, Found(number, titles, known, columns))
    if best is not None:
        return best[1]
    for number, row in enumerate(rows[:LOOKED_AT]):
        if sum(bool(cell) for cell in row) >= 2:
            return None if any(map(_is_somebodys, row)) else Found(number, tuple(row), "", {})
    return None


def _is_somebodys(cell: str) -> bool:
    return bool(read_phone(cell) or is_safe_number(cell) or read_moment(cell))


def _worth(source: Source, titles: Sequence[str]) -> tuple[int, int]:
    columns = columns_of(source, titles)
    if not _is_it(source, titles, columns):
        return (0, len(columns))
    # An order is told by its day: a list of people has none.
    rank = {ORDERS: 1, PEOPLE: 0, RECEIPTS: 1}[source.kind]
    return (1 + rank + 10 * _marks(source, titles), len(columns))


def _is_it(source: Source, titles: Sequence[str], columns: Mapping[str, int]) -> bool:
    if missing(source.kind, columns) is not None:
        return False
    if source.marks:
        return _marks(source, titles) >= _LEAST_MARKS
    return source.kind != ORDERS or bool({"amount", "product", "order", "time"} & set(columns))


def _marks(source: Source, titles: Sequence[str]) -> int:
    here = {plain(title) for title in titles}
    return sum(plain(mark) in here for mark in source.marks)


def left_out(titles: Sequence[str], columns: Mapping[str, int]) -> list[str]:
    """Return the titles of the columns that are dropped before anything is kept, in their order."""
    used = set(columns.values())
    return list(dict.fromkeys(title for place, title in enumerate(titles) if title and place not in used))
