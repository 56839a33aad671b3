"""INSERT … ON CONFLICT, which both our databases speak, each in its own construct."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite


def insert_into(session: Any, table: Any) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT for `table` with on_conflict_do_nothing, in the dialect of the session's database."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
