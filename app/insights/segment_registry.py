"""Finds every group by scanning insights/segments: a new one is one new file, listed nowhere.

A file with KEY is one group; a file with FAMILY is many of a kind, "tag:3" being the third tag of the shop.
One with OWNER_ALONE is shown to nobody else who works in the shop. One that says IS_APART is counted by itself; one
that says IS_SLOW too, and in a large shop only when it is looked at.
"""

from __future__ import annotations

import pkgutil
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement

_PACKAGE = "app.insights.segments"


class Segment(Protocol):
    """One group: what a file of the folder offers. MEANING may say {단골}: with how many visits that begins."""

    KEY: str
    NAME: str
    MEANING: str
    ORDER: int

    def condition(self, shop_id: int, today: date) -> ColumnElement[bool]:
        """Return the condition over Customer of who is in it."""


class Family(Protocol):
    """Many groups of a kind, each a row of the shop's own."""

    FAMILY: str
    HEADING: str
    MEANING: str
    ORDER: int

    def names(self, shop_id: int) -> list[tuple[int, str]]:
        """Return (number, name) of each."""

    def condition(self, shop_id: int, today: date, number: int) -> ColumnElement[bool]:
        """Return the condition over Customer of who is in it; of one that is gone, nobody."""


@cache
def segments() -> dict[str, Segment]:
    """Return every group by its key, in the order they are shown."""
    found = [cast(Segment, module) for module in _modules() if hasattr(module, "KEY")]
    return {each.KEY: each for each in sorted(found, key=lambda each: each.ORDER)}


@cache
def owner_alone() -> frozenset[str]:
    """Return the keys of the groups that only the owner sees."""
    return frozenset(key for key, each in segments().items() if getattr(each, "OWNER_ALONE", False))


@cache
def families() -> dict[str, Family]:
    """Return every family by its name, in the order they are shown."""
    found = [cast(Family, module) for module in _modules() if hasattr(module, "FAMILY")]
    return {each.FAMILY: each for each in sorted(found, key=lambda each: each.ORDER)}


def condition(shop_id: int, today: date, key: str) -> ColumnElement[bool]:
    """Return who is in a group as a condition over Customer. Raises KeyError for a key that is none."""
    family, _, number = key.partition(":")
    if number:
        if not (number.isascii() and number.isdigit()):
            raise KeyError(key)
        return families()[family].condition(shop_id, today, int(number))
    return segments()[key].condition(shop_id, today)


def is_slow(key: str) -> bool:
    """Tell whether a group is slow to count in a large shop. Raises KeyError for a key that is none."""
    return _says(key, "IS_SLOW")


def is_apart(key: str) -> bool:
    """Tell whether a group is counted by itself. Raises KeyError for a key that is none."""
    return _says(key, "IS_SLOW") or _says(key, "IS_APART")


def _says(key: str, what: str) -> bool:
    family, _, number = key.partition(":")
    return bool(getattr(families()[family] if number else segments()[key], what, False))


def _modules() -> list[Any]:
    folder = import_module(_PACKAGE)
    return [import_module(f"{_PACKAGE}.{found.name}") for found in pkgutil.iter_modules(folder.__path__)]
