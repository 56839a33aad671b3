"""The owner's home and 가게 흐름: what they cost when the history is ten times as long, and against the bare visits.

Two servers stand side by side, one with ten times the people and visits, and are asked in turns; a round compares the
processor time of one page in both, that of the web and of PostgreSQL itself together. Their statements alone are
compared as well: a page that is mostly drawn by the web would hide a read that grows.
"""

from __future__ import annotations

import shutil
import statistics
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from app import create_app
from app.extensions import db
from bench import history, naive
from bench.data import Filled
from bench.report import Row
from bench.servers import Web, cpu_seconds_with_ended, gunicorn
from config import load_config
from launch import testbed
from launch.testbed import PostgresServer

GROWTH_MUST = 2.5
# Naive SQL ÷ the page's statements, at a million visits, from the project's performance goals.
NAIVE_MUST = {"sqlite": 500.0, "postgres": 100.0}
NAIVE_VISITS = 1_000_000
_TIMES = 10
# Each page with a word that must be on it.
_PAGES = {"home": ("/owner", "오늘"), "가게 흐름": ("/owner/insights", "가게 흐름")}
_NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
_ASKED, _NAIVE_TIMES = 20, 5

Statement = tuple[str, Any]


@dataclass
class Side:
    """One of two equal shops of different size: its server, and the statements that its pages ask."""

    visits: int
    filled: Filled
    app: Flask
    web: Web
    database: PostgresServer | None  # one of its own, so that its processor time is known
    asked: dict[str, list[Statement]]

    def cpu(self) -> float:
        """Return the processor time of the web and of its database so far, in seconds."""
        return self.web.cpu_seconds() + (self.database_cpu() if self.database else 0.0)

    def database_cpu(self) -> float:
        """Return the database's own so far, in seconds; SQLite works in the process that asks, here in this one."""
        process = self.database.process if self.database else None
        return cpu_seconds_with_ended(process.pid) if process else time.process_time()


def measure(folder: Path, *, customers: int, visits: int, rounds: int) -> list[Row]:
    """Fill each database twice, with a tenth and with all of it, and return the rows. At most one pair is kept."""
    rows: list[Row] = []
    for kind in _NAMES:
        sizes = [(customers // _TIMES, visits // _TIMES), (customers, visits)]
        with ExitStack() as closing:
            began = time.perf_counter()
            sides = [_open(closing, folder / kind, kind, *size) for size in sizes]
            filled = f"both filled and counted in {time.perf_counter() - began:.0f} s"
            rows += _growth(kind, sides, rounds, f"{customers:,} people, {visits:,} visits; {filled}")
            rows.append(_against_naive(kind, sides))
        shutil.rmtree(folder / kind)
    return rows


def _open(closing: ExitStack, folder: Path, kind: str, customers: int, visits: int) -> Side:
    print(f"filling {_NAMES[kind]}: {customers:,} people, {visits:,} visits", flush=True)
    env, server = {}, None
    if kind == "postgres":
        server = closing.enter_context(testbed.postgres_server())
        env["DATABASE_URL"] = server.url(server.create_database())
    folder.mkdir(parents=True, exist_ok=True)
    filled = history.fill(folder / f"{visits}", customers=customers, visits=visits, **env)
    app = create_app(load_config(filled.env))
    asked = {name: _statements(app, filled, *page) for name, page in _PAGES.items()}
    web = closing.enter_context(gunicorn("wsgi:app", **filled.env))
    return Side(visits, filled, app, web, server, asked)


def _statements(app: Flask, filled: Filled, path: str, sign: str) -> list[Statement]:
    """Open a page twice in this process; returns what it asked the database the second time."""
    phone, found = app.test_client(use_cookies=False), list[Statement]()

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            found.append((statement, parameters))

    with app.app_context():
        engine = db.engine
        for is_noted in (False, True):
            if is_noted:
                event.listen(engine, "before_cursor_execute", note)
            headers = {"Cookie": filled.staff_cookie}
            answer = phone.get(path, headers=headers, base_url="http://127.0.0.1:8000")
            if answer.status_code != 200 or sign not in answer.get_data(as_text=True):
                raise RuntimeError(f"the page is not there: {answer.status_code}")
        event.remove(engine, "before_cursor_execute", note)
        db.session.remove()
        engine.dispose()
    return found


def _growth(kind: str, sides: list[Side], rounds: int, note: str) -> list[Row]:
    rows = []
    for name, (path, sign) in _PAGES.items():
        spent: list[list[float]] = [[], []]
        for number in range(rounds + 1):
            for side, each in zip(sides, spent, strict=True):
                before = side.cpu()
                for _ in range(_ASKED):
                    _get(side, path, sign)
                if number:  # the first round warms up
                    each.append((side.cpu() - before) / _ASKED * 1000)
        rows.append(_grown(f"dashboard growth per ×10 history, {name}, CPU, {_NAMES[kind]}", spent, note))
    return [*rows, _database_row(kind, sides, rounds)]


def _database_row(kind: str, sides: list[Side], rounds: int) -> Row:
    """Compare what the statements of both pages cost together."""
    both: list[list[float]] = [[0.0] * rounds, [0.0] * rounds]
    said = []
    for name in _PAGES:
        times = _database_ms(sides, [side.asked[name] for side in sides], rounds)
        small, big = map(statistics.median, times)
        said.append(f"{name} {small:.1f} and {big:.1f} ms")
        both = [[x + y for x, y in zip(*pair, strict=True)] for pair in zip(both, times, strict=True)]
    what = f"dashboard growth per ×10 history, both pages, database alone, {_NAMES[kind]}"
    return _grown(what, both, ", ".join(said))


def _get(side: Side, path: str, sign: str) -> None:
    request = urllib.request.Request(side.web.url + path, headers={"Cookie": side.filled.staff_cookie})
    with urllib.request.urlopen(request, timeout=60) as answer:
        if sign not in answer.read().decode():
            raise RuntimeError(f"{path} does not show what it should")


def _grown(what: str, spent: list[list[float]], note: str) -> Row:
    """Return the median of the rounds' own ratios."""
    small, big = map(statistics.median, spent)
    ratio = statistics.median(more / less for less, more in zip(*spent, strict=True))
    return Row(what, ratio, must=GROWTH_MUST, most=True, note=f"{small:.1f} and {big:.1f} ms a page; {note}")


def _database_ms(sides: list[Side], asked: list[list[Statement]], rounds: int) -> list[list[float]]:
    """Ask the noted statements as the driver does, in turns; returns the database's milliseconds by side and round."""
    spent: list[list[float]] = [[] for _ in sides]
    with ExitStack() as closing:
        connections = [closing.enter_context(_connected(side)) for side in sides]
        for number in range(rounds + 1):
            for side, connection, statements, each in zip(sides, connections, asked, spent, strict=True):
                before = side.database_cpu()
                for _ in range(_ASKED):
                    _replay(connection, statements)
                if number:
                    each.append((side.database_cpu() - before) / _ASKED * 1000)
    return spent


@contextmanager
def _connected(side: Side) -> Iterator[Any]:
    with side.app.app_context():
        connection, engine = db.engine.raw_connection(), db.engine
    try:
        yield connection
    finally:
        connection.close()
        engine.dispose()


def _replay(connection: Any, statements: list[Statement]) -> None:
    cursor = connection.cursor()
    for statement, parameters in statements:
        cursor.execute(statement, parameters)
        cursor.fetchall()
    cursor.close()
    connection.rollback()


def _against_naive(kind: str, sides: list[Side]) -> Row:
    """Compare both pages' statements with the same asked of the visits, in the first shop with enough of them."""
    side = next((each for each in sides if each.visits >= NAIVE_VISITS), sides[-1])
    both = [statement for statements in side.asked.values() for statement in statements]
    ratios, ours, theirs = [], [], []
    for _ in range(_NAIVE_TIMES):
        (page,) = _database_ms([side], [both], 1)
        with side.app.app_context():
            before = side.database_cpu()
            naive.ask(side.app.config["CLOCK"]())
            theirs.append((side.database_cpu() - before) * 1000)
            db.session.remove()
            db.engine.dispose()
        ours.append(page[0])
        ratios.append(theirs[-1] / ours[-1])
    return Row(
        f"naive SQL ÷ dashboard, {side.visits:,} visits, {_NAMES[kind]}",
        statistics.median(ratios),
        "×",
        must=NAIVE_MUST[kind] if side.visits >= NAIVE_VISITS else None,
        note=f"{statistics.median(theirs):,.0f} ms against {statistics.median(ours):.1f} ms of {len(both)} statements, CPU",
    )
