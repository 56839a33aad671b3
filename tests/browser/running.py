"""The running product: a Valkey, gunicorn and the worker as `make run` starts them, on a free port.

The tests write beside it into the same database through the same flows.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app import create_app
from config import ROOT, load_config, read_config
from launch import keys, kinship, reach, testbed
from tests import world
from tests.faults.arena import shift_to_daytime
from tests.launch.product import clean_env, free_port
from tests.migrated import Migrated

PROGRAMS = {"web": ["-m", "gunicorn", "wsgi:app"], "worker": ["worker.py"]}
START_SECONDS = 120.0
# What gunicorn and the worker write when something of ours failed.
FAULTS = ("Traceback", "Error handling request", "tick_failed", "request failed")


@dataclass(frozen=True)
class Running:
    """A product that answers. `app` is the same product in the test's own process, over the same database."""

    port: int
    app: Flask
    folder: Path

    @property
    def url(self) -> str:
        """The trusted address."""
        return f"http://127.0.0.1:{self.port}"

    def faults(self) -> list[str]:
        """Return the lines of the processes' logs that tell of a failure."""
        lines = [line for name in PROGRAMS for line in (self.folder / f"{name}.log").read_text().splitlines()]
        return [line for line in lines if any(word in line for word in FAULTS)]


@contextmanager
def running(folder: Path, migrated: Migrated) -> Iterator[Running]:
    """Start everything on an empty data folder and end it again.

    The clock stands at one in the afternoon, so that a thank-you may go out whenever the tests run.
    """
    port = free_port()
    with testbed.valkey_server() as valkey:
        env = clean_env(
            DATA=str(folder),
            HOST="0.0.0.0",
            PORT=str(port),
            APP_ENV="test",
            CLOCK_SHIFT=str(shift_to_daytime()),
            REDIS_URL=valkey.url,
        )
        keys.make_missing(read_config(env, need_secrets=False)[0])
        migrated("sqlite", folder / "dangol.db")
        app = create_app(load_config(env))
        app.test_client_class = world.Browser
        started = [_start(name, folder, env) for name in PROGRAMS]
        try:
            if not reach.wait_until_answers(load_config(env), START_SECONDS):
                raise AssertionError((folder / "web.log").read_text())
            yield Running(port, app, folder)
        finally:
            _end(started)
            world.close(app)


def _start(name: str, folder: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, *PROGRAMS[name]],
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=output,
            preexec_fn=kinship.dying_with(os.getpid(), signal.SIGTERM),
        )


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + 10
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
