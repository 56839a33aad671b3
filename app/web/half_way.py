"""Between password and second step: the browser that typed the password keeps a signed note of it, for five minutes."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from app.shops.rules import SecondStepDue
from app.web import cookies

_SECONDS = 300


@dataclass(frozen=True)
class HalfWay:
    """Whose password was right in this browser, and which one it was."""

    shop_id: int
    staff_id: int
    mark: str


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="second-step")


def note(answer: Response, due: SecondStepDue) -> Response:
    """Note in the browser that its person's password was right."""
    return cookies.keep_half_way(answer, _serializer().dumps([due.shop_id, due.staff_id, due.mark]), _SECONDS)


def read() -> HalfWay | None:
    """Return what this browser noted, or None when it did not, or it is too long ago."""
    try:
        shop_id, staff_id, mark = _serializer().loads(cookies.half_way() or "", max_age=_SECONDS)
    except (BadData, ValueError):
        return None
    return HalfWay(shop_id, staff_id, mark)
