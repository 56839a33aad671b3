"""SQLite as a server database: durable, one writer at a time, readers never blocked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # an acknowledged stamp survives a power cut
    "PRAGMA busy_timeout=10000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what a person had deleted is overwritten, not only unlinked
    "PRAGMA cache_size=-16000",
    "PRAGMA mmap_size=134217728",
)


def tune(engine: Engine) -> None:
    """Set the pragmas on every new connection and begin each transaction as its options say.

    The driver must not begin transactions by itself: `dangol_begin` (an execution option, IMMEDIATE or
    DEFERRED) decides, so that a writer can take the lock before its first read.
    """

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("dangol_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")


def gather_statistics(engine: Engine) -> None:
    """Let the planner know how the tables are filled; bounded, so that a large shop's takes moments.

    Without it a plan is a guess: 100,000 people took a minute where eight seconds do. PostgreSQL does it by itself.
    """
    raw = engine.raw_connection()  # no BEGIN of ours around it: inside one it would do nothing
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA analysis_limit=1000")
        cursor.execute(
            "PRAGMA optimize=0x10002"
        )  # also of tables that this connection has not asked (sqlite.org/pragma.html)
        cursor.execute("PRAGMA analysis_limit=0")  # the connection goes back to the pool as it was
        cursor.close()
    finally:
        raw.close()
