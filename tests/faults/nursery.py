"""A process that has the worker's code read already and lets workers be born by fork: a killed one is back at once.

Run as `python -m tests.faults.nursery`; each line on its standard input is an order in JSON ({"env", "output"}), each
line it answers the new worker's process id. It ends with its input. It has neither threads nor connections of its own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from config import ROOT


class Born:
    """A worker of a nursery, with what the arena asks of a process. `said`: where it leaves its exit status."""

    def __init__(self, pid: int, said: Path) -> None:
        self.pid, self.said = pid, said

    def poll(self) -> int | None:
        """Return None while it lives, then its exit status."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return int(self.said.read_text()) if self.said.exists() else -signal.SIGKILL
        return None

    def send_signal(self, sign: int) -> None:
        """Send it a signal; nothing happens to one that is gone."""
        try:
            os.kill(self.pid, sign)
        except ProcessLookupError:
            return

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it is gone; returns its exit status. Raises subprocess.TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("worker", timeout or 0.0)
            time.sleep(0.02)
        return status


class Nursery:
    """The mother process, from outside."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def bear(self, env: dict[str, str], output: Path) -> Born:
        """Start one more worker; what it says is added to a file."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"env": env, "output": str(output)}).encode() + b"\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        return Born(pid, _said(output, pid))

    def close(self) -> None:
        """End the mother; her workers live on."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def main() -> None:
    """Bear workers until the input ends."""
    from tests.faults import quick_worker

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here waits for them
    is_warm = False
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        if not is_warm:
            quick_worker.warm_up(order["env"])
            is_warm = True
        pid = os.fork()
        if pid == 0:
            os._exit(_grow_up(order, quick_worker.main))
        print(pid, flush=True)


def _grow_up(order: dict[str, Any], work: Any) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for there, here in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(there, here)
    os.environ.clear()
    os.environ.update(order["env"])
    status = int(work())
    _said(Path(order["output"]), os.getpid()).write_text(str(status))
    return status


def _said(output: Path, pid: int) -> Path:
    return output.with_suffix(f".{pid}")


if __name__ == "__main__":
    main()
