"""Many rows into one table, each database by its own fast way: executemany on SQLite, arrays on PostgreSQL.

A statement with ten thousand parameters costs PostgreSQL's driver more than the rows cost the server, and one journey a
row costs still more; one array a column costs neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.sql.schema import ScalarElementColumnDefault


def put(session: Any, table: Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows that all have the same columns; returns their ids in order, [] for a table without row numbers.

    Raises IntegrityError when one of them is there already.
    """
    if not rows:
        return []
    has_id = "id" in table.c
    if session.get_bind().dialect.name == "sqlite":
        first = int(session.scalar(select(func.max(table.c.id))) or 0) + 1 if has_id else 0
        # The only writer there is may say the numbers itself.
        ids = list(range(first, first + len(rows))) if has_id else []
        for number, row in zip(ids, rows, strict=False):
            row["id"] = number
        session.connection().execute(insert(table), rows)
        return ids
    return [row[0] for row in _by_arrays(session, table, rows, ("id",) if has_id else (), skips=False)]


def put_new(
    session: Any, table: Table, rows: Sequence[dict[str, Any]], *, key: str, there: Any
) -> dict[Any, int]:
    """Insert those rows that no unique key refuses; returns the value of `key` → id of the new ones.

    `there`: the statement that reads the keys that are there already; SQLite's only writer asks first.
    """
    if not rows:
        return {}
    if session.get_bind().dialect.name == "sqlite":
        known = set(session.scalars(there))
        fresh = [row for row in rows if row[key] not in known]
        return dict(zip((row[key] for row in fresh), put(session, table, fresh), strict=True))
    return {row[1]: row[0] for row in _by_arrays(session, table, rows, ("id", key), skips=True)}


def _by_arrays(
    session: Any, table: Table, rows: Sequence[dict[str, Any]], returning: tuple[str, ...], *, skips: bool
) -> list[Any]:
    constants = _constants(table)
    names = (*rows[0], *(name for name in constants if name not in rows[0]))
    dialect = session.get_bind().dialect
    values: dict[str, list[Any]] = {}
    for name in names:
        process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        given = [row[name] for row in rows] if name in rows[0] else [constants[name]] * len(rows)
        values[name] = [process(value) for value in given] if process else given
    done = session.execute(text(_statement(table, names, returning, skips, dialect)), values)
    return list(done) if returning else []


@cache
def _statement(
    table: Table, names: tuple[str, ...], returning: tuple[str, ...], skips: bool, dialect: Any
) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    arrays = ", ".join(f"CAST(:{name} AS {table.c[name].type.compile(dialect)}[])" for name in names)
    # Row numbers are given in the order of the rows (postgresql.org/docs: INSERT … SELECT … ORDER BY).
    made = (
        f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM unnest({arrays})"
        f" WITH ORDINALITY AS given ({listed}, nth) ORDER BY nth"
    )
    made += " ON CONFLICT DO NOTHING" if skips else ""
    return made + (f" RETURNING {', '.join(returning)}" if returning else "")


@cache
def _constants(table: Table) -> dict[str, Any]:
    """Return what columns hold that nobody names: our own defaults, which the database does not know."""
    return {
        column.name: column.default.arg
        for column in table.c
        if isinstance(column.default, ScalarElementColumnDefault) and column.server_default is None
    }
