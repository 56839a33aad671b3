"""Two web servers over one database, and phones in front of both: what a race of people really is.

Each server is a gunicorn with one process, so that two phones never meet inside one. The shop's books are looked at
from here, through the product in this process.
"""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from app import create_app
from app.extensions import db
from config import ROOT, load_config, read_config
from launch import keys, kinship, reach
from tests import factories, world
from tests.factories import AShop
from tests.faults.arena import shift_to_daytime
from tests.faults.customer_line import Browser
from tests.launch.product import clean_env, free_port

START_SECONDS = 60.0
Answer = tuple[int, str]


@dataclass(frozen=True)
class Ask:
    """One press: where it goes and what its form says (the form's token and a once-key are added)."""

    path: str
    form: dict[str, str] = field(default_factory=dict)


@dataclass
class Counters:
    """The servers' ports, and the product in this process over the same database. `env`: what each server was told."""

    app: Flask
    ports: tuple[int, int]
    folder: Path
    env: dict[str, str]
    _addresses: Iterator[int] = field(default_factory=lambda: itertools.cycle(range(2, 250)))

    def phones(self, shop: AShop, count: int, staff_id: int | None = None) -> list[Browser]:
        """Return so many signed-in phones, every other one at the other server."""
        ready = []
        for number in range(count):
            phone = Browser(self.ports[number % 2], factories.a_session(shop, staff_id or shop.owner_id))
            # A shop's people have addresses of their own; together they are no flood.
            phone.source = f"127.0.0.{next(self._addresses)}"
            phone.arrive()
            ready.append(phone)
        return ready

    def at_once(self, phones: list[Browser], asks: list[Ask]) -> list[Answer]:
        """Let every ask go together, dealt out over the phones; returns the answers in their order."""
        gate = threading.Barrier(len(asks))
        answers: list[Answer] = [(0, "")] * len(asks)

        def press(place: int, phone: Browser, ask: Ask) -> None:
            form = {"once": factories.once(), **ask.form, "csrf_token": phone.csrf}
            gate.wait(30)
            answers[place] = phone.ask("POST", ask.path, form)

        db.session.rollback()
        threads = [
            threading.Thread(target=press, args=(place, phones[place % len(phones)], ask))
            for place, ask in enumerate(asks)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        db.session.rollback()
        assert all(0 < status < 500 for status, _page in answers), answers
        return answers

    def faults(self) -> list[str]:
        """Return the lines of the servers' logs that tell of a failure."""
        found = []
        for log in self.folder.glob("web-*.log"):
            found += [line for line in log.read_text().splitlines() if re.search("Traceback|failed", line)]
        return found


@contextmanager
def counters(folder: Path, database_url: str) -> Iterator[Counters]:
    """Start both servers on an empty, migrated database; the clock stands at one in the afternoon, whenever the test runs."""
    settings = {
        "DATA": str(folder),
        "APP_ENV": "test",
        "WEB_PROCESSES": "1",
        "DATABASE_URL": database_url,
        "PUBLIC_URL": "https://dangol.test",
        "CLOCK_SHIFT": str(shift_to_daytime()),
    }
    ports = (free_port(), free_port())
    keys.make_missing(read_config(clean_env(**settings), need_secrets=False)[0])
    app = create_app(load_config(clean_env(**settings)))
    with ExitStack() as closing:
        closing.callback(world.close, app)
        for port in ports:
            closing.enter_context(_server(folder, port, clean_env(**settings, PORT=str(port))))
        for port in ports:
            config = load_config(clean_env(**settings, PORT=str(port)))
            if not reach.wait_until_answers(config, START_SECONDS):
                raise AssertionError((folder / f"web-{port}.log").read_text())
        with app.app_context():
            made = Counters(app, ports, folder, clean_env(**settings))
            yield made
            db.session.remove()
        assert made.faults() == []


@contextmanager
def _server(folder: Path, port: int, env: dict[str, str]) -> Iterator[None]:
    with (folder / f"web-{port}.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:app"],
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=output,
            preexec_fn=kinship.dying_with(os.getpid(), signal.SIGTERM),
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
