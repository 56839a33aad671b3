"""What a body may hold: each kind of value reads itself and says its own JSON Schema, so that the two can't part."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

# (JSON pointer, why): everything that is wrong is told at once.
Wrong = list[tuple[str, str]]
# RFC 3339 with a zone; whole seconds or a fraction of up to six digits.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")


class Kind(Protocol):
    """A kind of value."""

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema (2020-12)."""

    def read(self, value: Any, at: str, wrong: Wrong) -> Any:
        """Return the value as the flows want it; what is wrong is added to `wrong`."""


def _not(wrong: Wrong, at: str, why: str) -> None:
    wrong.append((at, why))


@dataclass(frozen=True)
class Text:
    """A text on one line, its ends without blanks."""

    most: int
    about: str
    example: str
    least: int = 1

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        shown: dict[str, Any] = {"type": "string", "maxLength": self.most, "minLength": self.least}
        if self.least:
            # Something besides blanks; no control characters and no halves of a character.
            shown["pattern"] = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
        return {**shown, "description": self.about, "examples": [self.example]}

    def read(self, value: Any, at: str, wrong: Wrong) -> str:
        """Return the text without blanks at its ends."""
        if not isinstance(value, str):
            _not(wrong, at, "must be a string")
            return ""
        if any(ord(char) < 0x20 or ord(char) == 0x7F for char in value):
            _not(wrong, at, "must not hold control characters")
        text = value.strip()
        if len(value) > self.most or len(text) < self.least:
            _not(wrong, at, f"must have {self.least} to {self.most} characters")
        return text


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    least: int
    most: int
    about: str
    example: int

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {
            "type": "integer",
            "minimum": self.least,
            "maximum": self.most,
            "description": self.about,
            "examples": [self.example],
        }

    def read(self, value: Any, at: str, wrong: Wrong) -> int:
        """Return the number. 3.0 is one in JSON, true is none."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            _not(wrong, at, f"must be a whole number from {self.least} to {self.most}")
            return self.least
        return value


@dataclass(frozen=True)
class Moment:
    """A moment with its time zone (RFC 3339)."""

    about: str
    example: str = "2026-11-23T14:49:00+09:00"

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {
            "type": "string",
            "format": "date-time",
            "description": self.about,
            "examples": [self.example],
        }

    def read(self, value: Any, at: str, wrong: Wrong) -> datetime | None:
        """Return the aware moment."""
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            try:
                return datetime.fromisoformat(value.upper())
            except ValueError:
                pass
        _not(wrong, at, "must be an RFC 3339 date-time with a zone, such as 2026-11-23T14:49:00+09:00")
        return None


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]
    about: str

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "string", "enum": list(self.words), "description": self.about}

    def read(self, value: Any, at: str, wrong: Wrong) -> str:
        """Return the word."""
        if not isinstance(value, str) or value not in self.words:
            _not(wrong, at, f"must be one of: {', '.join(self.words)}")
            return self.words[0]
        return value


@dataclass(frozen=True)
class Many:
    """Several values of one kind."""

    of: Kind
    most: int
    about: str
    least: int = 0

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {
            "type": "array",
            "items": self.of.schema(),
            "minItems": self.least,
            "maxItems": self.most,
            "description": self.about,
        }

    def read(self, value: Any, at: str, wrong: Wrong) -> list[Any]:
        """Return the values."""
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            _not(wrong, at, f"must be a list of {self.least} to {self.most}")
            return []
        return [self.of.read(each, f"{at}/{place}", wrong) for place, each in enumerate(value)]


@dataclass(frozen=True)
class Record:
    """An object with known names; an unknown one is refused, because it is mostly a slip. `exactly_one`: of these."""

    fields: Mapping[str, Kind]
    needs: tuple[str, ...] = ()
    exactly_one: tuple[str, ...] = ()
    about: str = ""
    example: Mapping[str, Any] = field(default_factory=dict)

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        shown: dict[str, Any] = {
            "type": "object",
            "properties": {name: kind.schema() for name, kind in self.fields.items()},
            "additionalProperties": False,
        }
        if self.needs:
            shown["required"] = list(self.needs)
        if self.exactly_one:
            shown |= {"minProperties": 1, "maxProperties": 1}
        if self.about:
            shown["description"] = self.about
        if self.example:
            shown["examples"] = [dict(self.example)]
        return shown

    def read(self, value: Any, at: str, wrong: Wrong) -> dict[str, Any]:
        """Return name → value of what was there."""
        if not isinstance(value, dict):
            _not(wrong, at, "must be an object")
            return {}
        for name in value:
            if name not in self.fields:
                _not(wrong, f"{at}/{_pointer(name)}", "is not known here")
        for name in self.needs:
            if name not in value:
                _not(wrong, f"{at}/{name}", "is required")
        if self.exactly_one and len(value) != 1:
            _not(wrong, at, f"must have exactly one of: {', '.join(self.exactly_one)}")
        return {
            name: kind.read(value[name], f"{at}/{name}", wrong)
            for name, kind in self.fields.items()
            if name in value
        }


def _pointer(name: str) -> str:
    """Return a name as a JSON pointer writes it (RFC 6901), cut short."""
    return name[:40].replace("~", "~0").replace("/", "~1")
