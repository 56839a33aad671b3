"""What was taken in, on disk before the answer leaves: the judge of "never twice"."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any


class Journal:
    """A file of JSON lines. `write` returns when the lines would survive a crash of the machine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._end_torn_line()
        self._lock = threading.Lock()

    def write(self, lines: Sequence[dict[str, Any]]) -> None:
        """Append the lines and flush them to the disk, together."""
        whole = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        with self._lock:
            os.write(self._file, whole)
            os.fsync(self._file)

    def close(self) -> None:
        """Let the file go."""
        os.close(self._file)

    def _end_torn_line(self) -> None:
        """A crash in the middle of a line leaves half of one; what follows must not stick to it."""
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the whole lines of a journal; half a line that a crash left is passed over."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found


def taken_keys(path: Path) -> list[str]:
    """Return the senders' own keys of everything taken in, in order, each as often as it was taken."""
    return [str(line["key"]) for line in lines_of(path) if line.get("what") == "taken"]
