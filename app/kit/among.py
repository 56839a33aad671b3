"""column IN (many values), by one parameter: a thousand parameters cost more than the rows that they find."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, String, Text, and_, any_, bindparam, cast, func, select
from sqlalchemy.types import NullType

_BETWEEN = "\x00"  # in no text that a database keeps


def among(session: Any, column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of many texts or numbers.

    It says too that the column holds something: what is no list of constants proves that to neither planner, and an
    index of the rows that hold something would not be used.
    """
    given = list(values)
    if session.get_bind().dialect.name == "sqlite":
        listed = func.json_each(bindparam(None, json.dumps(given), String, unique=True)).table_valued("value")
        return and_(column.is_not(None), column.in_(select(listed.c.value)))
    # Of no kind but the array's, and of texts as long as they are: a text that is made into an array, or an array whose
    # texts are cut, is nothing that the planner knows, and is made anew for each row that it is held against.
    array = bindparam(None, array_text(given), NullType(), unique=True)
    kind = Text() if isinstance(column.type, String) else column.type
    return and_(column.is_not(None), column == any_(cast(array, ARRAY(kind))))


def array_text(values: Sequence[Any]) -> str:
    """Return plain values of one kind as PostgreSQL writes an array: its driver takes longer for one by one."""
    if not values:
        return "{}"
    if any(isinstance(value, str) for value in values):
        return "{" + ",".join(_quoted(values)) + "}"
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _quoted(values: Sequence[str | None]) -> Iterable[str]:
    if None in values:
        return ["NULL" if value is None else '"' + _escaped(value) + '"' for value in values]
    whole = _BETWEEN.join(values)  # type: ignore[arg-type]
    return ['"' + _escaped(whole).replace(_BETWEEN, '","') + '"']


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
