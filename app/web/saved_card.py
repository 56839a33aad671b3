"""Whose saved card a browser may keep: the service worker reads this header and drops anybody else's (S23)."""

from __future__ import annotations

import re
from typing import TypeVar

from flask import Response

from app.kit.signing import token_hash
from app.web import cookies

HEADER = "X-Dangol-Person"
GONE = "X-Dangol-Gone"
NOBODY = "none"
# As shop codes are made; nothing else may come into a header.
_CODE = re.compile(r"[0-9A-Za-z]{1,12}")

Answer = TypeVar("Answer", bound=Response)


def name_person(answer: Answer) -> Answer:
    """Say whose page this is; the value tells browsers apart and nothing else."""
    token = cookies.browser_token()
    answer.headers[HEADER] = token_hash(f"saved:{token}")[:16] if token else NOBODY
    return answer


def forget_one(answer: Answer, code: str) -> Answer:
    """Have the browser throw the saved card of one shop away and keep those of the others."""
    if _CODE.fullmatch(code):
        answer.headers[GONE] = f"/c/{code}"
    return answer


def forget_saved(answer: Answer) -> Answer:
    """Have the browser throw its saved cards away."""
    answer.headers[HEADER] = NOBODY
    return answer
