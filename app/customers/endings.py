"""The endings of the names of many people who come at once (NamePart): by one statement and in the order of their index.

The database itself keeps everybody else's, person by person (migrations 0021 and 0030); of those who come with a file
nobody but this writes them. Flush, never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from app.customers.known_models import NamePart
from app.kit.bulk_rows import put
from app.kit.upsert import table_of

_PARTS = table_of(NamePart)
# As both databases do it for everybody else: other alphabets stay as they are.
_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase, " ")


def keep(
    session: Any, *, shop_id: int, customer_ids: Sequence[int], names: Sequence[str], sounds: Sequence[str]
) -> None:
    """Write the endings of the names of people who have just come, and of their first sounds (korean.initials)."""
    rows = [
        (ending, who)
        for who, name, sound in zip(customer_ids, names, sounds, strict=True)
        for ending in endings(name, sound)
    ]
    if rows:
        rows.sort()
        parts, whose = zip(*rows, strict=True)
        put(session, _PARTS, {"part": parts, "customer_id": whose}, same={"shop_id": shop_id})


def endings(name: str, sounds: str) -> set[str]:
    """Return every ending of a name and of its first sounds, in small letters without blanks."""
    if not name:
        return set()
    words = (_bare(name), _bare(sounds))
    return {word[place:] for word in words for place in range(len(word))}


def _bare(text: str) -> str:
    return text.translate(_SMALL) if " " in text or text.lower() != text else text
