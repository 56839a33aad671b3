"""A form that met a closed door is kept, signed, and offered again: nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

_KEPT_SECONDS = 3600
# Secrets are never written into a page: they are typed again, under these words.
SECRETS = {"present": "지금 비밀번호", "password": "비밀번호", "pin": "비밀 숫자", "second": "여섯 숫자"}
_NOT_KEPT = {"csrf_token", "proof", *SECRETS}


@dataclass(frozen=True)
class Kept:
    """A POST as it was: where it went and its fields in order. `secrets`: (field, label) to be typed again."""

    path: str
    fields: list[tuple[str, str]]
    secrets: list[tuple[str, str]] = field(default_factory=list)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kept-form")


def this_form() -> Kept:
    """Return this POST's path and fields; passwords are only named."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]
    return Kept(request.path, fields, [(name, SECRETS[name]) for name in SECRETS if name in request.form])


def kept_form() -> str:
    """Return this POST's path and fields as one signed value. Passwords are left out."""
    form = this_form()
    return _serializer().dumps([form.path, form.fields])


def read_kept(value: str) -> Kept | None:
    """Return a kept form, or None when it was altered or is older than an hour."""
    try:
        path, fields = _serializer().loads(value, max_age=_KEPT_SECONDS)
    except BadData:
        return None
    return Kept(path, [(name, text) for name, text in fields])
