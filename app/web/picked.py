"""Rows picked on several pages, as an address carries them: a few signs each, so that hundreds fit into it."""

from __future__ import annotations

import string
from collections.abc import Iterable

_SIGNS = string.digits + string.ascii_lowercase
MOST = 300


def write(ids: Iterable[int]) -> str:
    """Return row numbers as one word: each as how far it is from the one before, "." between."""
    found, before = [], 0
    for number in sorted(set(ids)):
        found.append(_short(number - before))
        before = number
    return ".".join(found)


def read(word: str) -> set[int]:
    """Return the row numbers of such a word; what can't be read ends it."""
    found: set[int] = set()
    number = 0
    for each in word.split(".")[:MOST]:
        if not each or len(each) > 13 or any(sign not in _SIGNS for sign in each):
            break
        number += int(each, len(_SIGNS))
        found.add(number)
    return found


def _short(number: int) -> str:
    signs = ""
    while number:
        number, rest = divmod(number, len(_SIGNS))
        signs = _SIGNS[rest] + signs
    return signs or "0"
