"""One flow = one transaction.

SQLite: the writer takes the write lock before its first read (BEGIN IMMEDIATE), because a deferred
transaction that upgrades later fails under two writers; writers queue at a gate before that. PostgreSQL:
READ COMMITTED; races are decided by unique keys, row locks and conditional updates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

from flask_sqlalchemy.session import Session
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import scoped_session

from app.extensions import db
from app.kit.gate import WriteGate

Answer = TypeVar("Answer")

# Read by the engine's `begin` hook in app/kit/sqlite.py.
WRITE = {"dangol_begin": "IMMEDIATE"}

_DEADLOCK = "40P01"  # PostgreSQL's deadlock_detected: this one was rolled back, the others went on
_CIRCLES = 4

_gate = WriteGate()


@contextmanager
def write() -> Iterator[scoped_session[Session]]:
    """Open the flow's transaction, commit it at the end, roll it back on any error.

    Whatever read transaction the door had open is ended first: its snapshot must not decide a write.
    Raises RuntimeError on SQLite when a flow is begun inside a flow.
    """
    session = db.session
    session.rollback()
    with _turn():
        session.connection(execution_options=WRITE)
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def _turn() -> AbstractContextManager[None]:
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or not url.database:
        return nullcontext()
    return _gate.one_at_a_time(f"{url.database}.gate")


def end_reading() -> None:
    """End the read transaction of long work: the next read sees what is true by then, also after a fault."""
    db.session.rollback()


def after_a_race(flow: Callable[[], Answer]) -> Answer:
    """Run a flow, and once more when a unique key refused it, or PostgreSQL let it go out of a circle of waits.

    Two taps at once: the key let one through; the second run sees what the first one made and answers
    the same. A circle: a card that closes while somebody waits for it stays held by who waited, and its
    stamp goes on to the card it went into, against the order that a merge holds both in. Raises IntegrityError
    when the second run is refused too, OperationalError for every other fault and after several circles.
    """
    for left in reversed(range(_CIRCLES)):
        try:
            return flow()
        except IntegrityError:
            return flow()
        except OperationalError as fault:
            if not left or getattr(fault.orig, "sqlstate", None) != _DEADLOCK:
                raise
    raise AssertionError("the last round returns or raises")
