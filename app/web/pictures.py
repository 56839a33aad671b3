"""How a picture of a customer is answered, to whoever may see it."""

from __future__ import annotations

from typing import BinaryIO

from flask import Response

from app.kit.refusals import NotHere

GONE = "이 사진은 더 볼 수 없어요."
# A picture is only a picture: whatever its bytes may say to a browser that guesses, nothing in it runs (S09).
# The style is the browser's own: it puts a picture that is opened alone in the middle.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def picture(file: BinaryIO | None, *, kept: str = "private, max-age=31536000, immutable") -> Response:
    """Answer a WebP; `kept` is its Cache-Control. Raises NotHere when there is none."""
    if file is None:
        raise NotHere(GONE)
    with file:
        answer = Response(file.read(), content_type="image/webp")
    # Its bytes never change; a shared cache must not outlive the person's wish to have it gone.
    answer.headers["Cache-Control"] = kept
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
