"""What somebody types to find a person: a part of the name, its first sounds, the last digits.

A part of a name begins one of its endings, and each of those stands in an index (NamePart): a few are found at once
among a hundred thousand. Trigrams would not help a name of three syllables: the two that people type are none.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select

from app.customers.known_models import NamePart
from app.customers.models import Customer
from app.extensions import db
from app.kit.korean import initials, sound_range
from app.kit.phone import korean_mobile

MOST_TYPED = 40
_BEYOND = "\U0010ffff"
_BARE = func.replace(func.lower(Customer.name), " ", "")


def few(*, shop_id: int, typed: str, most: int) -> list[int] | None:
    """Return the ids of those whose number or name fits, by an index; None for more than `most`, and for blanks."""
    signs = [_small(char) for char in " ".join(typed.split())[:MOST_TYPED] if not char.isspace()]
    if not signs:
        return None
    digits = "".join(filter(_is_digit, signs))
    if digits and not any(char.isalpha() for char in signs):
        found = select(Customer.id).where(Customer.shop_id == shop_id, _number(digits))
    else:
        found = _by_parts(shop_id, signs)
    ids = db.session.scalars(found.limit(most + 1)).all()
    return list(ids) if len(ids) <= most else None


def _by_parts(shop_id: int, signs: list[str]) -> Select[int]:
    """Return the statement that finds those whose name, or its first sounds, the signs are a part of."""
    # The sounds alone are kept as they are; among syllables each stands for all that begin with it.
    edges = [None] * len(signs) if all(map(sound_range, signs)) else [sound_range(char) for char in signs]
    at = next((place for place, pair in enumerate(edges) if pair), len(signs) - 1)
    first, last = edges[at] or (signs[at], signs[at])
    head = "".join(signs[:at])
    where = [
        NamePart.shop_id == shop_id,
        NamePart.part >= head + first,
        NamePart.part < head + last + _BEYOND,
        *(_fits(place, signs[place], edges[place]) for place in range(at + 1, len(signs))),
    ]
    return select(NamePart.customer_id).where(*where).distinct()


def _fits(place: int, char: str, pair: tuple[str, str] | None) -> ColumnElement[bool]:
    sign = func.substr(NamePart.part, place + 1, 1)
    return sign.between(*pair) if pair else sign == char


def _small(char: str) -> str:
    return char.lower() if char.isascii() else char


def _is_digit(char: str) -> bool:
    return char.isascii() and char.isdigit()


def fitting(typed: str) -> list[ColumnElement[bool]]:
    """Return the conditions over Customer that what was typed sets; none for nothing.

    ㄱㅁㅈ finds 김민지, so does 김ㅁ, as a thumb leaves it; 1234 the last digits, a whole number the one who has it.
    """
    text = " ".join(typed.split())[:MOST_TYPED]
    if not text:
        return []
    digits = "".join(filter(_is_digit, text))
    if digits and not any(char.isalpha() for char in text):
        return [_number(digits)]
    signs = [char for char in text if not char.isspace()]
    if not any(map(sound_range, signs)):
        # Koreans are called by the given name: "민지" must find 김민지.
        return [_holds(_BARE, "".join(map(_small, signs)))]
    sounds = _holds(Customer.initials, initials(text))
    # Where syllables stand among the sounds the name itself has to fit.
    return [sounds] if all(map(sound_range, signs)) else [sounds, _reads(signs)]


def _number(digits: str) -> ColumnElement[bool]:
    if len(digits) == 4:
        return Customer.phone_tail == digits
    if len(digits) == 1:
        return Customer.phone_tail.endswith(digits)
    if len(digits) < 4:  # each way in which four may end so, by the index
        free = 4 - len(digits)
        return Customer.phone_tail.in_([f"{number:0{free}d}{digits}" for number in range(10**free)])
    whole = korean_mobile(digits)
    # No whole number is nobody's: compared with nothing it would be everybody without a number.
    return Customer.phone == whole if whole else false()


def _holds(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that a text holds another one; neither function knows wildcards."""
    return (func.instr(column, text) if _is_sqlite() else func.strpos(column, text)) > 0


def _reads(signs: list[str]) -> ColumnElement[bool]:
    """Return the condition that the signs stand in a name one after the other, a first sound for any of its syllables."""
    name, signs = _BARE, [_small(char) for char in signs]
    edges = [(char, sound_range(char)) for char in signs]
    if _is_sqlite():
        spots = (f"[{pair[0]}-{pair[1]}]" if pair else f"[{char}]" for char, pair in edges)
        return name.op("GLOB", is_comparison=True)("*" + "".join(spots) + "*")
    return name.regexp_match(
        "".join(f"[{pair[0]}-{pair[1]}]" if pair else re.escape(char) for char, pair in edges)
    )


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"
