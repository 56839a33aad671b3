"""Where the tests live: a fixed clock, settings without a real endpoint, real databases that are wiped."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient

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
    app = create_app(settings(data, **{"PUBLIC_URL": PUBLIC_URL, **env}), now=clock)
    app.test_client_class = Browser
    return app


def migrate(app: Flask) -> None:
    """Bring the application's database to the newest step."""
    with app.app_context():
        flask_migrate.upgrade()


def wipe() -> None:
    """Empty every table (children first) and forget the rate limits. Runs in an application context."""
    db.session.remove()
    tables = [table.name for table in reversed(db.metadata.sorted_tables)]
    with db.engine.begin() as connection:
        # One journey for all of them, not one for each: after every test this is most of the waiting.
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("; ".join(f"DELETE FROM {name}" for name in tables))
        else:
            for name in tables:
                connection.exec_driver_sql(f"DELETE FROM {name}")
    if limiter.initialized:
        limiter.reset()


def close(app: Flask) -> None:
    """Close every connection of an application."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def all_at_once(app: Flask, works: list[Callable[[], Any]]) -> list[Any]:
    """Run every work in a thread and an application context of its own, let go together.

    Returns results in order; an exception counts as a result.
    """
    gate = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            gate.wait(30)
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
