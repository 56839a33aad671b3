"""What an address and a form may hold, before anything looks at it: numbers a row can have, text a database takes."""

from __future__ import annotations

from typing import Any

from flask import Flask, Request
from werkzeug.routing import IntegerConverter, Map

# The largest number a BIGINT column holds, in both databases.
LARGEST_ROW = 2**63 - 1


class RowNumber(IntegerConverter):
    """A row's number in an address. A larger one can be no row's: 404, not a database's complaint."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_ROW, **options})


def register(app: Flask) -> None:
    """Make `<int:…>` of every route a row's number. Call it before the routes are added."""
    app.url_map.converters["int"] = RowNumber


def row_number(typed: str | None) -> int | None:
    """Return what was typed as a row's number, or None when it can be no row's."""
    value = (typed or "").strip()
    if not (value.isascii() and value.isdigit()) or len(value) > len(str(LARGEST_ROW)):
        return None
    number = int(value)
    return number if number <= LARGEST_ROW else None


def has_nul(request: Request) -> bool:
    """Tell whether the address or the form holds NUL, which PostgreSQL's text can't: nobody types it."""
    if "\x00" in request.path:
        return True
    return any(
        "\x00" in name or "\x00" in value
        for fields in (request.args, request.form)
        for name, value in fields.items(multi=True)
    )
