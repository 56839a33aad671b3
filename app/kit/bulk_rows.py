"""Many rows into one table, each database by its own fast way: executemany on SQLite, arrays on PostgreSQL.

Values are given column by column and as they are stored, so that nothing stands between them and the driver: a value
that SQLAlchemy looks at once more costs as much as its row. On PostgreSQL a statement with ten thousand parameters costs
more than the rows, one journey a row costs still more; one array a column costs neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import compress, repeat
from typing import Any

from sqlalchemy import Table, func, literal, select, text
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.kit.among import array_text

Columns = Mapping[str, Sequence[Any]]


def put(session: Any, table: Table, columns: Columns, *, same: Mapping[str, Any]) -> Sequence[int]:
    """Insert rows; returns their ids in order, [] for a table without row numbers.

    `columns`: name → a value a row, as it is stored (a moment: columns.stored). `same`: name → the value of all rows,
    of the column's own type. Raises IntegrityError when one of them is there already.
    """
    many = len(next(iter(columns.values())))
    has_id = "id" in table.c
    if not many:
        return []
    if session.get_bind().dialect.name != "sqlite":
        made = _by_arrays(session, table, columns, same, ("id",) if has_id else (), skips=False)
        return [row[0] for row in made]
    # The only writer there is may say the numbers itself.
    first = int(session.scalar(select(func.max(table.c.id))) or 0) + 1 if has_id else 0
    ids = range(first, first + many) if has_id else []
    connection = session.connection()
    names = (*columns, *same, *(["id"] if has_id else []))
    rows = zip(
        *columns.values(),
        *(repeat(value) for value in _stored(table, same, connection.dialect).values()),
        *([ids] if has_id else []),
        strict=False,
    )
    connection.exec_driver_sql(_plain_statement(table, names, connection.dialect), list(rows))
    return ids


def put_new(
    session: Any, table: Table, columns: Columns, *, same: Mapping[str, Any], key: str, there: Any
) -> dict[Any, int]:
    """Insert those rows that no unique key refuses; returns the value of `key` → id of the new ones.

    `there`: the statement that reads the keys that are there already, as SQLite's only writer asks first; None when it
    has asked already.
    """
    if not columns[key]:
        return {}
    if session.get_bind().dialect.name != "sqlite":
        made = _by_arrays(session, table, columns, same, ("id", key), skips=True)
        return {row[1]: row[0] for row in made}
    known = set() if there is None else set(session.scalars(there))
    if known:
        is_new = [value not in known for value in columns[key]]
        columns = {name: list(compress(values, is_new)) for name, values in columns.items()}
    return dict(zip(columns[key], put(session, table, columns, same=same), strict=True))


def _by_arrays(
    session: Any,
    table: Table,
    columns: Columns,
    same: Mapping[str, Any],
    returning: tuple[str, ...],
    *,
    skips: bool,
) -> list[Any]:
    dialect = session.get_bind().dialect
    values = {name: array_text(given) for name, given in columns.items()} | _stored(table, same, dialect)
    statement = _array_statement(table, tuple(columns), tuple(same), returning, skips, dialect)
    done = session.connection().execute(statement, values)
    return done.all() if returning else []


@cache
def _plain_statement(table: Table, names: tuple[str, ...], dialect: Any) -> str:
    constants = _constants(table, names, dialect)
    listed = ", ".join(f'"{name}"' for name in (*names, *constants))
    given = ", ".join([*("?" for _ in names), *constants.values()])
    return f"INSERT INTO {table.name} ({listed}) VALUES ({given})"


@cache
def _array_statement(
    table: Table,
    columns: tuple[str, ...],
    same: tuple[str, ...],
    returning: tuple[str, ...],
    skips: bool,
    dialect: Any,
) -> Any:
    # An array has no order of its own.
    kinds = {name: table.c[name].type.compile(dialect).split(" COLLATE")[0] for name in (*columns, *same)}
    constants = _constants(table, (*columns, *same), dialect)
    varying = ", ".join(f'"{name}"' for name in columns)
    listed = ", ".join([varying, *(f'"{name}"' for name in (*same, *constants))])
    fixed = [*(f"CAST(:{name} AS {kinds[name]})" for name in same), *constants.values()]
    arrays = ", ".join(f"CAST(:{name} AS {kinds[name]}[])" for name in columns)
    # Row numbers are given in the order of the rows (postgresql.org/docs: INSERT … SELECT … ORDER BY).
    made = (
        f"INSERT INTO {table.name} ({listed}) SELECT {', '.join([varying, *fixed])} FROM unnest({arrays})"
        f" WITH ORDINALITY AS given ({varying}, nth) ORDER BY nth"
    )
    made += " ON CONFLICT DO NOTHING" if skips else ""
    return text(made + (f" RETURNING {', '.join(returning)}" if returning else ""))


def _stored(table: Table, same: Mapping[str, Any], dialect: Any) -> dict[str, Any]:
    stored = {}
    for name, value in same.items():
        process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        stored[name] = process(value) if process else value
    return stored


def _constants(table: Table, names: tuple[str, ...], dialect: Any) -> dict[str, str]:
    """Return what columns hold that nobody names, as SQL: our own defaults, which the database does not know."""
    return {
        column.name: str(
            literal(column.default.arg, column.type).compile(
                dialect=dialect, compile_kwargs={"literal_binds": True}
            )
        )
        for column in table.c
        if isinstance(column.default, ScalarElementColumnDefault)
        and column.server_default is None
        and column.name not in names
    }
