"""Photos of a form that is no review: which forms take how many, and what ties them to one form. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from app.kit.refusals import NotHere, Refused

# Form → most photos of one. A form's name is at most eleven letters: the column holds it and a key of forty.
FORMS: Mapping[str, int] = {"voice": 4, "story": 5, "post": 4, "survey": 1}
# What the shop sends a person: picked by the shop, of the person it is for, and gone with them.
ANSWER = "answer"
SHOP_FORMS: Mapping[str, int] = {ANSWER: 4}
# Picks in a day, a person's and the shop's for them each, those taken back and refused included: each costs a decoding.
MOST_A_DAY = 60


class PickedTooMuch(Refused):
    """More photos were picked on one day than anybody needs."""

    code = "picked_too_much"
    status = 429
    sentence = "오늘은 사진을 더 고를 수 없어요. 지금까지 고른 사진으로 보내 주세요."


def most_of(form: str) -> int:
    """Return how many photos one form of this name takes. Raises NotHere for a name nobody gave."""
    most = FORMS.get(form) or SHOP_FORMS.get(form)
    if most is None:
        raise NotHere
    return most


def pick_key(form: str, *, customer_id: int, once: str) -> str:
    """Return what ties photos to a form that is not sent yet, out of its name, whose it is and its once-key.

    The person is in it: nobody's form can take another person's photos along. Raises NotHere as most_of does.
    """
    most_of(form)
    digest = hashlib.sha256(f"{customer_id}:{once}".encode()).hexdigest()
    return f"{form}:{digest[:40]}"
