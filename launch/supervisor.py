"""honcho's Manager with three things added: an order at the end, no orphans, and a line that says who fell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from honcho.manager import Manager
from honcho.printer import Message, Printer
from honcho.process import Popen, Process

from launch import kinship

# What Valkey says at every start and end on every machine; the rest of its lines are shown.
NOISE = ("Memory overcommit must be enabled", "scheduling shutdown", "ready to exit, bye bye")

COULD_NOT_START = 127  # what a shell says of a command that it could not find


class QuietPrinter(Printer):
    """Prints the children's lines without those that never mean anything."""

    def write(self, message: Message) -> None:
        """Print one line of one process."""
        text = message.data.decode("utf-8", "replace") if isinstance(message.data, bytes) else message.data
        # "sending SIGTERM to web (pid 7)" helps nobody either; starts and stops do.
        if not text.startswith("sending SIG") and not any(noise in text for noise in NOISE):
            try:
                super().write(message)
            except BrokenPipeError:
                # Whoever read our lines may be gone (`make run | head`): the shop stays open, and an end still ends.
                # What waits to be written goes nowhere, or Python would turn our exit code into 120 for it.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class KeptProcess(Process):
    """One child. honcho watches it from a forked helper; both die with the supervisor, however it dies."""

    supervisor: int
    records: Path

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Start the command and pass its lines on until it ends (runs in honcho's forked helper)."""
        kinship.die_with_parent(signal.SIGKILL, self.supervisor)
        self._child_ctor = self._start_child
        try:
            super().run(events, ignore_signals)
        except OSError as reason:
            # honcho would wait for ever for a program that could not even be started.
            self._send_message(f"cannot be started: {reason}")
            self._send_message({"pid": os.getpid()}, type="start")
            self._send_message({"returncode": COULD_NOT_START}, type="stop")

    def _start_child(self, cmd: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
        # SIGTERM, not SIGKILL: gunicorn and the worker finish what they have begun.
        tie = kinship.dying_with(os.getpid(), signal.SIGTERM)
        child: subprocess.Popen[bytes] = Popen(cmd, shell=False, preexec_fn=tie, **options)
        kinship.record(self.records, str(self.name), child.pid)
        return child


class Supervisor(Manager):
    """Runs a fixed set of processes; when one ends, or on Ctrl-C or SIGTERM, all end in order."""

    def __init__(self, records: Path, *, last: str | None = None) -> None:
        """Keep `records` of started processes; `last` names the one that ends after all others."""
        super().__init__(QuietPrinter(sys.stdout))
        self._process_ctor = KeptProcess
        self._records = records
        self._last = last
        self._told: set[str] = set()
        self._when_started: Callable[[], None] | None = None
        self.fallen: list[str] = []  # sentences about those that ended unasked

    def keep(self, name: str, command: Sequence[str], env: dict[str, str], folder: Path) -> None:
        """Add one process to keep running."""
        process = self.add_process(name, list(command), env=env, cwd=str(folder))
        process.supervisor = os.getpid()
        process.records = self._records

    def run(self, when_started: Callable[[], None]) -> int:
        """Run until all have ended and return 0 when that was asked for, else 1.

        `when_started` runs in a thread of its own once the processes have been forked.
        """
        self._when_started = when_started
        # A closed terminal ends us as politely as Ctrl-C does.
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        self.loop()
        kinship.forget_all(self._records)
        return 1 if self.fallen else 0

    def terminate(self) -> None:
        """Begin to end everybody; called by the signal handlers and when one process has ended."""
        if not self._terminating:
            self.fallen = [
                how_it_ended(name, process["returncode"])
                for name, process in self._processes.items()
                if process.get("returncode") is not None
            ]
        super().terminate()

    def _start(self) -> None:
        super()._start()
        if self._when_started is not None:
            # Only now: a fork of a process with threads may deadlock.
            threading.Thread(target=self._when_started, daemon=True).start()

    def _killall(self, force: bool = False) -> None:
        if force:
            super()._killall(force=True)
        else:
            self._tell_next()

    def _all_stopped(self) -> bool:
        # Asked ten times a second by the loop: the place to notice that the last one's turn has come.
        if self._terminating:
            self._tell_next()
        return bool(super()._all_stopped())

    def _tell_next(self) -> None:
        """Ask everybody to end who runs and was not asked yet; `last` only when it is alone."""
        running = [name for name, process in self._processes.items() if process.get("returncode") is None]
        for name in running:
            pid = self._processes[name].get("pid")
            if pid is None or name in self._told or (name == self._last and running != [name]):
                continue
            self._told.add(name)
            self._procmgr.terminate(pid)


def how_it_ended(name: str, code: int) -> str:
    """Return one sentence about a process that ended unasked."""
    if code < 0:
        how = f"was killed by signal {-code} ({signal.Signals(-code).name})"
    else:
        how = f"ended by itself with exit code {code}"
    return f"{name} {how}, so everything was stopped. Its last lines are above; `make run` starts again."
