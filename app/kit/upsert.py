"""INSERT … ON CONFLICT, which both our databases speak, each in its own construct."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


def table_of(model: Any) -> Table:
    """Return a model's table: many rows by one statement, without an object for each."""
    return cast(Table, model.__table__)


def insert_into(session: Any, table: Any) -> Insert:
    """Return an INSERT for `table` with on_conflict_do_nothing, in the dialect of the session's database."""
    return _insert(session.get_bind().dialect.name, table)


def _insert(dialect: str, table: Any) -> Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def built_once(table: Any, finish: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return session → the INSERT for `table` that `finish` completes, built once for each dialect.

    For hot paths: the values are given when it is executed, all columns of every row.
    """

    @cache
    def build(dialect: str) -> Any:
        return finish(_insert(dialect, table))

    return lambda session: build(session.get_bind().dialect.name)
