"""A form that met a closed door is kept, signed, and offered again to who typed it: nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from app.messages import registry
from app.web.typed_forms import TYPED

_KEPT_SECONDS = 3600
# Secrets are never written into a page: they are typed again, under these words.
SECRETS = {
    "present": "지금 비밀번호",
    "password": "비밀번호",
    "pin": "비밀 숫자",
    "second": "여섯 숫자",
    **{
        key.name: key.label
        for provider in registry.providers().values()
        for key in provider.FIELDS
        if key.is_secret
    },
}
_NOT_KEPT = {"csrf_token", "proof", *SECRETS}
# They go along unseen: the same press stays the same press, and keeps the photos picked with it.
_UNSEEN = {"once", "picks"}


@dataclass(frozen=True)
class Kept:
    """A POST as it was: where it went and its fields in order. `secrets`: (field, label) to be typed again.

    `whose`: the staff id of who typed it, and `endpoint` its door; both only of a form that was signed.
    """

    path: str
    fields: list[tuple[str, str]]
    secrets: list[tuple[str, str]] = field(default_factory=list)
    endpoint: str = ""
    whose: int = 0


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kept-form")


def this_form() -> Kept:
    """Return this POST's path and fields; passwords are only named."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]
    return Kept(request.path, fields, [(name, SECRETS[name]) for name in SECRETS if name in request.form])


def kept_form(whose: int | None) -> str:
    """Return this POST as one signed value for the person who typed it; passwords are left out.

    "" when nobody knows who that was, or when nothing was typed.
    """
    endpoint = request.endpoint or ""
    if whose is None or endpoint not in TYPED:
        return ""
    _title, names = TYPED[endpoint]
    fields = [(name, value) for name, value in this_form().fields if name in names or name in _UNSEEN]
    if not any(name in names for name, _value in fields):
        return ""
    return _serializer().dumps([request.path, endpoint, fields, whose])


def read_kept(value: str) -> Kept | None:
    """Return a kept form, or None when it was altered or is older than an hour."""
    try:
        path, endpoint, fields, whose = _serializer().loads(value, max_age=_KEPT_SECONDS)
    except (BadData, ValueError):
        return None
    if endpoint not in TYPED:  # signed by an earlier version
        return None
    return Kept(path, [(name, text) for name, text in fields], endpoint=endpoint, whose=whose)
