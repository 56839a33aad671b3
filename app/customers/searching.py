"""What somebody types to find a person: a part of the name, its first sounds, the last digits, who comes along.

A part of a name begins one of its endings, and each of those stands in an index (NamePart): a few are found at once
among a hundred thousand. Trigrams would not help a name of three syllables: the two that people type are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from app.customers.known_models import Companion, NamePart
from app.customers.models import Customer
from app.extensions import db
from app.kit.korean import initials, small_signs, sound_range
from app.kit.phone import korean_mobile

MOST_TYPED = 40
_BEYOND = "\U0010ffff"
_BARE = func.replace(func.lower(Customer.name), " ", "")


def few(*, shop_id: int, typed: str, most: int) -> list[int] | None:
    """Return the ids of those whose number or name fits, by an index; None for more than `most`, and for blanks."""
    signs = _signs(typed)
    if not signs:
        return None
    if _is_number(signs):
        digits = "".join(filter(_is_digit, signs))
        found = [select(Customer.id).where(Customer.shop_id == shop_id, _number(digits))]
    else:
        # One after the other: together they would be read to the end before the first is counted.
        found = [
            select(NamePart.customer_id)
            .where(NamePart.shop_id == shop_id, *_begins(NamePart.part, signs))
            .distinct(),
            select(Companion.customer_id).where(*along(shop_id, typed)).distinct(),
        ]
    ids: set[int] = set()
    for statement in found:
        ids.update(db.session.scalars(statement.limit(most + 1)))
        if len(ids) > most:
            return None
    return list(ids)


def along(shop_id: int, typed: str) -> list[ColumnElement[bool]]:
    """Return the conditions over Companion that what was typed sets: how the called name, or its first sounds, begins."""
    signs = _signs(typed)
    if not signs or _is_number(signs):
        return [false()]
    begun = Companion.initials if all(map(sound_range, signs)) else Companion.called
    return [Companion.shop_id == shop_id, *_begins(begun, signs)]


def _begins(column: Any, signs: list[str]) -> list[ColumnElement[bool]]:
    """Return the conditions that a text kept by its bytes begins so: one range of its index, and what follows in it."""
    # The sounds alone are kept as they are; among syllables each stands for all that begin with it.
    edges = [None] * len(signs) if all(map(sound_range, signs)) else [sound_range(char) for char in signs]
    at = next((place for place, pair in enumerate(edges) if pair), len(signs) - 1)
    first, last = edges[at] or (signs[at], signs[at])
    head = "".join(signs[:at])
    return [
        column >= head + first,
        column < head + last + _BEYOND,
        *(_fits(column, place, signs[place], edges[place]) for place in range(at + 1, len(signs))),
    ]


def _fits(column: Any, place: int, char: str, pair: tuple[str, str] | None) -> ColumnElement[bool]:
    sign = func.substr(column, place + 1, 1)
    return sign.between(*pair) if pair else sign == char


def _signs(typed: str) -> list[str]:
    return list(small_signs(" ".join(typed.split())[:MOST_TYPED]))


def _is_number(signs: Sequence[str]) -> bool:
    return any(map(_is_digit, signs)) and not any(char.isalpha() for char in signs)


def _is_digit(char: str) -> bool:
    return char.isascii() and char.isdigit()


def fitting(shop_id: int, typed: str) -> list[ColumnElement[bool]]:
    """Return the conditions over Customer that what was typed sets; none for nothing.

    ㄱㅁㅈ finds 김민지, so does 김ㅁ, as a thumb leaves it; 1234 the last digits, a whole number the one who has it.
    """
    text = " ".join(typed.split())[:MOST_TYPED]
    if not text:
        return []
    if _is_number(text):
        return [_number("".join(filter(_is_digit, text)))]
    with_them = select(Companion.id).where(*along(shop_id, text), Companion.customer_id == Customer.id)
    return [or_(and_(*_named(_signs(text))), with_them.exists())]


def _named(signs: list[str]) -> list[ColumnElement[bool]]:
    if not any(map(sound_range, signs)):
        # Koreans are called by the given name: "민지" must find 김민지.
        return [_holds(_BARE, "".join(signs))]
    sounds = _holds(Customer.initials, initials("".join(signs)))
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
    name = _BARE
    edges = [(char, sound_range(char)) for char in signs]
    if _is_sqlite():
        spots = (f"[{pair[0]}-{pair[1]}]" if pair else f"[{char}]" for char, pair in edges)
        return name.op("GLOB", is_comparison=True)("*" + "".join(spots) + "*")
    return name.regexp_match(
        "".join(f"[{pair[0]}-{pair[1]}]" if pair else re.escape(char) for char, pair in edges)
    )


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"
