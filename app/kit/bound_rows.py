"""Many rows of whole numbers as one bound value: a table for a single statement, on both our databases.

Neither needs a statement of a new length for it, nor a temporary table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import CTE, JSON, Integer, Text, cast, func, literal, select


def bound_rows(session: Any, name: str, columns: Sequence[str], rows: Iterable[Sequence[int]]) -> CTE:
    """Return `rows` as a table of that name, with these columns in the order of the cells."""
    value = literal(json.dumps([list(row) for row in rows]), Text)
    if session.get_bind().dialect.name == "sqlite":
        each: Any = func.json_each(value).table_valued("value", name=f"{name}_each")
        cells: list[Any] = [func.json_extract(each.c.value, f"$[{place}]") for place in range(len(columns))]
    else:
        each = func.json_array_elements(cast(value, JSON)).table_valued("value", name=f"{name}_each")
        cells = [each.c.value.op("->>")(place) for place in range(len(columns))]
    named = zip(columns, cells, strict=True)
    return select(*(cast(cell, Integer).label(column) for column, cell in named)).cte(name)
