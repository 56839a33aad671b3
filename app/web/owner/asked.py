"""What a request of the owner's side carries: a once-key, a line of text, where it came from."""

from __future__ import annotations

from flask import request

from app.kit.refusals import Invalid
from app.web.readable import row_number

_ONCE_MIN, _ONCE_MAX = 8, 40


def once() -> str:
    """Return the form's once-key. Raises Invalid when the form has none that can be used."""
    key = request.form.get("once", "").strip()
    if not _ONCE_MIN <= len(key) <= _ONCE_MAX or not key.isascii():
        raise Invalid({"once": "화면을 새로 열어 다시 눌러 주세요."})
    return key


def text(name: str) -> str:
    """Return a field as typed, "" when the form has none."""
    return request.form.get(name, "")


def number(name: str) -> int | None:
    """Return a field that must be a row's number, or None."""
    return row_number(request.form.get(name))


def ip() -> str:
    """Return the address the request came from, as the access log keeps it."""
    return request.remote_addr or ""


def user_agent() -> str:
    """Return what the browser calls itself."""
    return request.headers.get("User-Agent", "")
