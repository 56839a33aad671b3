"""Who started whom: children that die with their parent, and records that find what a crash left behind."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_ON_LINUX = sys.platform.startswith("linux")
_libc = ctypes.CDLL(None, use_errno=True) if _ON_LINUX else None


def die_with_parent(signal_number: int, parent: int | None = None) -> None:
    """Ask Linux to send this process a signal when its parent dies (prctl(2), PR_SET_PDEATHSIG).

    `parent` is the expected parent's id: when it is gone already, the signal comes at once.
    Elsewhere nothing happens; the next start clears what is left.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal_number)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), signal_number)


def dying_with(parent: int, signal_number: int) -> Callable[[], None]:
    """Return a `preexec_fn` that ties the new child to the process `parent`."""
    return lambda: die_with_parent(signal_number, parent)


def fingerprint(pid: int) -> str | None:
    """Return what tells a process from a later one with the same id, or None when there is none."""
    try:
        if _ON_LINUX:
            stat = Path(f"/proc/{pid}/stat").read_text()
            # The name in brackets may hold anything; field 22, the start time, is counted behind it.
            fields = stat[stat.rindex(")") + 2 :].split()
            if fields[0] == "Z":
                return None
            return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}:{fields[19]}"
        asked = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return asked.stdout.strip() or None
    except (OSError, ValueError):
        return None


def record(folder: Path, name: str, pid: int) -> None:
    """Remember a started process so that the next start can clear it."""
    text = json.dumps({"pid": pid, "fingerprint": fingerprint(pid)})
    beside = folder / f".{name}.new"
    beside.write_text(text)
    os.replace(beside, folder / f"{name}.json")


def forget_all(folder: Path) -> None:
    """Remove all records: everybody has been seen to end."""
    for file in folder.glob("*.json"):
        file.unlink(missing_ok=True)


def clear_stale(folder: Path, patience: float = 8.0) -> list[str]:
    """End what a crashed run left behind and return the names of those that had to be ended.

    A process is touched only when its start time and the machine's boot are the recorded ones.
    `patience` is in seconds: after it the rest is killed. The caller holds the folder's lock.
    """
    left: dict[str, tuple[int, str]] = {}
    for file in sorted(folder.glob("*.json")):
        try:
            said = json.loads(file.read_text())
            pid, mark = int(said["pid"]), str(said["fingerprint"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if fingerprint(pid) == mark:
            left[file.stem] = (pid, mark)
    names = sorted(left)
    for signal_number, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 2.0)):
        for pid, _ in left.values():
            _signal_group(pid, signal_number)
        until = time.monotonic() + wait
        while left and time.monotonic() < until:
            left = {name: (pid, mark) for name, (pid, mark) in left.items() if fingerprint(pid) == mark}
            time.sleep(0.02)
    forget_all(folder)
    return names


def _signal_group(pid: int, signal_number: int) -> None:
    try:
        # Every child of the supervisor leads a session of its own, so its id is its group's id too.
        os.killpg(pid, signal_number)
    except (ProcessLookupError, PermissionError):
        return
