"""What somebody types to find a person, as a condition: a part of the name, its first sounds, the last digits.

Names are short and stand beside the shop in an index of their own: a part of one is looked for in that index
alone, which takes some ten milliseconds among a hundred thousand. Trigrams would not help a name of three
syllables: the two that people type are no trigram.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, false, func

from app.customers.models import Customer
from app.extensions import db
from app.kit.korean import initials, sound_range
from app.kit.phone import korean_mobile

MOST_TYPED = 40


def fitting(typed: str) -> list[ColumnElement[bool]]:
    """Return the conditions over Customer that what was typed sets; none for nothing.

    ㄱㅁㅈ finds 김민지, so does 김ㅁ, as a thumb leaves it; 1234 the last digits, a whole number the one who has it.
    """
    text = " ".join(typed.split())[:MOST_TYPED]
    if not text:
        return []
    digits = "".join(char for char in text if char.isascii() and char.isdigit())
    if digits and not any(char.isalpha() for char in text):
        return [_number(digits)]
    signs = [char for char in text if not char.isspace()]
    if not any(map(sound_range, signs)):
        # Koreans are called by the given name: "민지" must find 김민지.
        return [_holds(Customer.name, text)]
    sounds = _holds(Customer.initials, initials(text))
    # Where syllables stand among the sounds the name itself has to fit.
    return [sounds] if all(map(sound_range, signs)) else [sounds, _reads(signs)]


def _number(digits: str) -> ColumnElement[bool]:
    if len(digits) == 4:
        return Customer.phone_tail == digits
    if len(digits) < 4:
        return Customer.phone_tail.endswith(digits)
    whole = korean_mobile(digits)
    # No whole number is nobody's: compared with nothing it would be everybody without a number.
    return Customer.phone == whole if whole else false()


def _holds(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that a text holds another one; neither function knows wildcards."""
    return (func.instr(column, text) if _is_sqlite() else func.strpos(column, text)) > 0


def _reads(signs: list[str]) -> ColumnElement[bool]:
    """Return the condition that the signs stand in a name one after the other, a first sound for any of its syllables."""
    name = func.replace(Customer.name, " ", "")
    edges = [(char, sound_range(char)) for char in signs]
    if _is_sqlite():
        spots = (f"[{pair[0]}-{pair[1]}]" if pair else f"[{char}]" for char, pair in edges)
        return name.op("GLOB", is_comparison=True)("*" + "".join(spots) + "*")
    return name.regexp_match(
        "".join(f"[{pair[0]}-{pair[1]}]" if pair else re.escape(char) for char, pair in edges)
    )


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"
