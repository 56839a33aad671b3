"""A form that met a closed door is kept, signed, and offered again: nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

_KEPT_SECONDS = 3600
_NOT_KEPT = {"csrf_token", "password"}


@dataclass(frozen=True)
class Kept:
    """A POST as it was: where it went and its fields in order."""

    path: str
    fields: list[tuple[str, str]]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kept-form")


def kept_form() -> str:
    """Return this POST's path and fields as one signed value. Passwords are left out."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]
    return _serializer().dumps([request.path, fields])


def read_kept(value: str) -> Kept | None:
    """Return a kept form, or None when it was altered or is older than an hour."""
    try:
        path, fields = _serializer().loads(value, max_age=_KEPT_SECONDS)
    except BadData:
        return None
    return Kept(path, [(name, text) for name, text in fields])
