"""One flow = one transaction.

SQLite: the writer takes the write lock before its first read (BEGIN IMMEDIATE), because a deferred
transaction that upgrades later fails under two writers; writers queue at a gate before that. PostgreSQL:
READ COMMITTED; races are decided by unique keys, row locks and conditional updates. A flow holds one card, or
several by one statement in the order of their ids; what a further card gets follows afterwards().
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

import structlog
from flask_sqlalchemy.session import Session
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import scoped_session

from app.extensions import db
from app.kit.gate import WriteGate

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

# Read by the engine's `begin` hook in app/kit/sqlite.py.
WRITE = {"dangol_begin": "IMMEDIATE"}

_CIRCLES = 4

_gate = WriteGate()
_LATER = "afterwards"
# PostgreSQL ended one of two that waited for each other, or that read what the other one wrote.
_LOST_A_RACE = {"40P01", "40001"}


class JustTaken(Exception):
    """Between two looks somebody else was given what there is once: what this flow began on is let go of."""


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
            session.info.pop(_LATER, None)
            raise
    for work in session.info.pop(_LATER, ()):
        try:
            work()
        except Exception as fault:  # what is committed stays answered; the clock comes round to the rest
            session.rollback()
            log.error("afterwards_failed", fault=type(fault).__name__)


def afterwards(session: scoped_session[Session], work: Callable[[], object]) -> None:
    """Run a flow of its own as soon as the open one has committed; never when it was rolled back.

    The open flow writes down that it is due, so that the clock may do it if this fails.
    """
    session.info.setdefault(_LATER, []).append(work)


def _turn() -> AbstractContextManager[None]:
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or not url.database:
        return nullcontext()
    return _gate.one_at_a_time(f"{url.database}.gate")


def end_reading() -> None:
    """End the read transaction of long work: the next read sees what is true by then, also after a fault."""
    db.session.rollback()


def after_a_race(flow: Callable[[], Answer]) -> Answer:
    """Run a flow, and once more when a unique key refused it, it found something JustTaken, or PostgreSQL ended it
    to let another one through.

    Two taps at once: the key let one through; the second run sees what the first one made and answers
    the same. A circle of waits: a card that closes while somebody waits for it stays held by who waited, and its
    stamp goes on to the card it went into, against the order that a merge holds both in. Raises IntegrityError
    or JustTaken when the second run is refused too, OperationalError for every other fault and after several circles.
    """
    for left in reversed(range(_CIRCLES)):
        try:
            return flow()
        except (IntegrityError, JustTaken):
            return flow()
        except OperationalError as fault:
            if not left or getattr(fault.orig, "sqlstate", None) not in _LOST_A_RACE:
                raise
    raise AssertionError("the last round returns or raises")
