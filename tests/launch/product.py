"""A whole product in a process tree of its own, as `make run` starts it."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from config import ROOT
from launch import kinship

# Each process of a run asks in a stretch of its own, and never where Linux takes the ports of outgoing connections and
# of servers that ask for any (ip_local_port_range begins at 32768): between "free" and "taken" no other may come.
_ports = itertools.cycle(range(20_000 + os.getpid() % 120 * 100, 20_100 + os.getpid() % 120 * 100, 2))


def free_port() -> int:
    """Return a port nobody listens on now, nor on the next one, and nobody else in this run will."""
    for port in itertools.islice(_ports, 50):
        with socket.socket() as probe, socket.socket() as beside:
            try:
                for trial, number in ((probe, port), (beside, port + 1)):
                    trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    trial.bind(("127.0.0.1", number))
            except OSError:
                continue
            return port
    raise AssertionError("fifty ports, and each of them is taken")


def clean_env(**settings: str) -> dict[str, str]:
    """Return an almost empty environment: nothing of the developer's own settings reaches the product."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "DEMO": "0", **settings}


class Product:
    """`python -m launch.run` on a data folder; its lines are collected while it runs."""

    def __init__(self, data: Path, port: int, **settings: str) -> None:
        self.data, self.port = data, port
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "launch.run"],
            cwd=ROOT,
            env=clean_env(DATA=str(data), PORT=str(port), **settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            # A test that is cut off must not leave a product behind.
            preexec_fn=kinship.dying_with(os.getpid(), signal.SIGTERM),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def said(self) -> str:
        """Everything printed so far."""
        return "\n".join(self.lines)

    def wait_for(self, text: str, seconds: float = 120) -> str:
        """Wait for a line that holds `text` and return it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = next((line for line in self.lines if text in line), None)
            if found is not None:
                return found
            if self.process.poll() is not None and not self._reader.is_alive():
                break
            time.sleep(0.05)
        raise AssertionError(f"{text!r} was not printed. All that was:\n{self.said}")

    def pid_of(self, name: str) -> int:
        """Return the process id of one child."""
        return int(self.wait_for(f"{name} started (pid=").rpartition("=")[2].rstrip(")"))

    def wait(self, seconds: float = 90) -> int:
        """Wait for the end and return the exit code."""
        code = self.process.wait(seconds)
        self._reader.join(10)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def stop(self, signal_number: int = signal.SIGTERM) -> int:
        """Send a signal to the supervisor alone and wait for the end."""
        self.process.send_signal(signal_number)
        return self.wait()


def wait_until_gone(pids: list[int], seconds: float = 60) -> None:
    """Wait until none of these processes is alive."""
    until = time.monotonic() + seconds
    while any(kinship.fingerprint(pid) for pid in pids):
        if time.monotonic() > until:
            raise AssertionError(f"still alive: {[pid for pid in pids if kinship.fingerprint(pid)]}")
        time.sleep(0.05)
