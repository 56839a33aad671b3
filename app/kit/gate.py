"""A gate that lets one writer through at a time, among the threads and the processes of one machine.

SQLite lets one transaction write; the others poll its busy handler, and with many of them some wait very
long. Queueing them before the transaction begins keeps the throughput and takes away the tail (measured:
p99 to 0.13–0.26 of what it was).
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from app.kit.refusals import Refused

PATIENCE_S = 10.0


class Busy(Refused):
    """The gate did not open in time; nothing was written."""

    code = "busy"
    status = 503
    sentence = "지금 처리가 밀려 있어요. 잠시 뒤에 다시 눌러 주세요."


class WriteGate:
    """A thread lock and a file lock, taken in this order. The kernel frees a killed holder's file lock."""

    def __init__(self) -> None:
        self._files: dict[tuple[int, str], int] = {}
        self._open()
        # A worker forks while its clock thread may hold the gate; the child must not wait for a thread
        # that it does not have.
        os.register_at_fork(after_in_child=self._open)

    def _open(self) -> None:
        self._turn = threading.Lock()
        self._holder: int | None = None

    @contextmanager
    def one_at_a_time(self, path: str) -> Iterator[None]:
        """Hold the gate of the file at `path`.

        Raises RuntimeError when this thread holds it already, Busy when its turn does not come in ten
        seconds: a process that was stopped in the middle of a write must not stop all others for ever.
        """
        me = threading.get_ident()
        if self._holder == me:
            raise RuntimeError("a flow was begun inside a flow")
        patience = time.monotonic() + PATIENCE_S
        if not self._turn.acquire(timeout=PATIENCE_S):
            raise Busy
        try:
            self._holder = me
            file = self._file(path)
            _lock(file, patience)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)
        finally:
            self._holder = None
            self._turn.release()

    def _file(self, path: str) -> int:
        # A file opened before a fork would share its lock with the other process.
        key = (os.getpid(), path)
        if key not in self._files:
            self._files[key] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._files[key]


def _lock(file: int, patience: float) -> None:
    """Take the file's lock, looking again after a moment: only other processes stand in this line."""
    pause = 0.0002
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > patience:
                raise Busy from None
            time.sleep(pause)
            pause = min(pause * 2, 0.004)
        else:
            return
