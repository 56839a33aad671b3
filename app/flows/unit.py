"""One flow = one transaction.

SQLite: the writer takes the write lock before its first read (BEGIN IMMEDIATE), because a deferred
transaction that upgrades later fails under two writers. PostgreSQL: READ COMMITTED; races are decided
by unique keys and conditional updates.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session, scoped_session

from app.extensions import db

# Read by the engine's `begin` hook in app/kit/sqlite.py.
WRITE = {"dangol_begin": "IMMEDIATE"}


@contextmanager
def write() -> Iterator[scoped_session[Session]]:
    """Open the flow's transaction, commit it at the end, roll it back on any error.

    Whatever read transaction the door had open is ended first: its snapshot must not decide a write.
    """
    session = db.session
    session.rollback()
    session.connection(execution_options=WRITE)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
