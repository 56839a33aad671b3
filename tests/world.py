"""Where the tests live: a fixed clock, settings without a real endpoint, real databases that are wiped."""

from __future__ import annotations

import contextvars
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import flask_migrate
import psycopg
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache, FileSystemBytecodeCache

from app import create_app
from app.extensions import db, limiter
from config import Config, read_config

# A Monday afternoon in Korea: 11월 23일(월) 오후 2:49.
START = datetime(2026, 11, 23, 5, 49, tzinfo=UTC)
PUBLIC_URL = "https://dangol.test"
BOTH = ("sqlite", "postgres")


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        """Show this moment (aware)."""
        self.moment = moment

    def advance(self, **span: float) -> datetime:
        """Move on by a timedelta's words (seconds=31, days=1 …) and return the new moment."""
        self.moment += timedelta(**span)
        return self.moment


class _Compiled(BytecodeCache):
    """Templates compiled once for all applications of a test run: that takes longer than most pages.

    In `make test` one process compiles for the others, in the run's own folder: it is gone when the run is.
    """

    known: ClassVar[dict[str, bytes]] = {}
    folder: ClassVar[str | None] = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    shared: ClassVar[BytecodeCache | None] = FileSystemBytecodeCache(folder) if folder else None

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what an application before this one compiled."""
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])
        elif self.shared is not None:
            self.shared.load_bytecode(bucket)
            if bucket.code is not None:
                self.known[bucket.key] = bucket.bytecode_to_string()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Leave it to the next one."""
        self.known[bucket.key] = bucket.bytecode_to_string()
        if self.shared is not None:
            self.shared.dump_bytecode(bucket)


Flask.jinja_options = {"bytecode_cache": _Compiled()}  # create_app compiles the macros already


class Browser(FlaskClient):
    """Flask's test client, each request in a context of its own.

    The test body has an application context open; Flask would reuse it for a request and so carry the
    signed-in person and the database session from one request to the next, which no server does.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Make one request."""
        db.session.rollback()  # what the test read before is old news after this request
        return contextvars.Context().run(lambda: super(Browser, self).open(*args, **kwargs))


def settings(data: Path, **env: str) -> Config:
    """Return checked settings with fixed keys. `env` are environment variables."""
    config, wrong = read_config(
        {"DATA": str(data), "APP_ENV": "test", "DEMO": "0", **env}, need_secrets=False
    )
    assert not wrong, wrong
    return replace(
        config,
        secret_key=b"tests only, not a secret: sign" * 2,
        master_key=b"tests only, not a secret: keys" * 2,
        demo_phone_secret="tests only",
    )


def build(data: Path, clock: Callable[[], datetime], **env: str) -> Flask:
    """Build an application over a database that may still be empty."""
    # Nobody listens on port 9: a test that means to reach a provider says where it is.
    nobody = "http://127.0.0.1:9"
    where = {"PUBLIC_URL": PUBLIC_URL, "SOLAPI_URL": nobody, "NHN_URL": nobody}
    app = create_app(settings(data, **{**where, **env}), now=clock)
    app.test_client_class = Browser
    return app


def migrate(app: Flask) -> None:
    """Bring the application's database to the newest step."""
    with app.app_context():
        flask_migrate.upgrade()


def wipe() -> None:
    """Empty every table and forget the rate limits. Runs in an application context.

    Everything goes, so no row needs to be looked for that still points to another: asking for each of them was most of
    what it took. A connection of its own does it, on which nobody asks. To switch that off and on again on one of the
    application's throws away every plan which that one has made, of each statement and each foreign key.
    """
    db.session.remove()
    address = db.engine.url.render_as_string(hide_password=False)
    if address not in _brooms:
        _brooms[address] = _Broom(address)
    _brooms[address].sweep()
    if limiter.initialized:
        limiter.reset()


class _Broom:
    """A connection that empties one database. It looks first: a test fills few of the tables."""

    def __init__(self, address: str) -> None:
        tables = [table.name for table in reversed(db.metadata.sorted_tables)]
        self.looks = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables
        )
        self.connection: Any
        if address.startswith("sqlite"):
            file = address.removeprefix("sqlite:///")
            self.connection = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
        else:
            self.connection = psycopg.connect(
                address.replace("+psycopg", "", 1), autocommit=True, prepare_threshold=None
            )
            self.connection.execute("SET session_replication_role = replica")
            self.connection.execute(f"PREPARE filled AS {self.looks}")
            self.looks = "EXECUTE filled"

    def sweep(self) -> None:
        """Empty what is not empty, all at once."""
        filled = [name for (name,) in self.connection.execute(self.looks).fetchall()]
        if not filled:
            return
        deletes = "; ".join(f"DELETE FROM {name}" for name in filled)
        if isinstance(self.connection, sqlite3.Connection):
            self.connection.executescript(f"BEGIN IMMEDIATE; {deletes}; COMMIT")
        else:
            self.connection.execute(deletes)  # several statements in one journey are one transaction


_brooms: dict[str, _Broom] = {}


def close(app: Flask) -> None:
    """Close every connection of an application."""
    with app.app_context():
        db.session.remove()
        broom = _brooms.pop(db.engine.url.render_as_string(hide_password=False), None)
        if broom is not None:
            broom.connection.close()
        db.engine.dispose()


def all_at_once(app: Flask, works: list[Callable[[], Any]]) -> list[Any]:
    """Run every work in a thread and an application context of its own, let go together.

    Returns results in order; an exception counts as a result.
    """
    gate = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            gate.wait(60)
            try:
                results[place] = work()
            except Exception as fault:
                results[place] = fault
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return results


@contextmanager
def opened(app: Flask) -> Iterator[Flask]:
    """Keep an application context open, and leave empty tables behind."""
    with app.app_context():
        try:
            yield app
        finally:
            wipe()
