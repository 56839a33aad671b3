"""What goes over the line: a call as it came, an answer as it leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


class NotJson(Exception):
    """The body is no JSON object."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `headers` have lower-case names; `path` has no query."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes = b""

    @classmethod
    def of(cls, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
        """Return the call a request line, its headers and its body make."""
        parts = urlsplit(target)
        return cls(
            method,
            parts.path,
            parse_qs(parts.query, keep_blank_values=True),
            {name.lower(): value for name, value in headers.items()},
            body,
        )

    def first(self, name: str, default: str = "") -> str:
        """Return the first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object. Raises NotJson."""
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise NotJson from error
        if not isinstance(found, dict):
            raise NotJson
        return found

    def form(self) -> dict[str, str]:
        """Return the fields of a page's form (application/x-www-form-urlencoded)."""
        return {name: values[0] for name, values in parse_qs(self.body.decode("utf-8", "replace")).items()}


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(content: Any, status: int = 200) -> Answer:
    """Return an answer that carries JSON."""
    body = json.dumps(content, ensure_ascii=False).encode()
    return Answer(status, body, {"Content-Type": "application/json;charset=UTF-8"})


def text_of(content: Mapping[str, Any], name: str) -> str:
    """Return a field as text; what is no text counts as missing."""
    found = content.get(name)
    return found if isinstance(found, str) else ""
