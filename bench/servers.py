"""Servers of our own on free ports, and what they cost: processor time and memory from /proc (proc(5))."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import ROOT
from launch import kinship

_TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60.0


@dataclass(frozen=True)
class Web:
    """A running gunicorn and its workers."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Return the processor time of the whole tree, user and system, so far."""
        return sum(_cpu_ticks(pid) for pid in tree(self.process.pid)) / _TICKS

    def cpu_seconds_at_rest(self) -> float:
        """Wait until the tree has nothing left to do, then return its processor time so far."""
        before = -1.0
        while (now := self.cpu_seconds()) > before:
            before = now
            time.sleep(0.15)
        return now


@contextmanager
def gunicorn(target: str, **env: str) -> Iterator[Web]:
    """Serve `target` as the product does (gunicorn.conf.py: gthread, 2 × 8, preloaded)."""
    port = free_port()
    # A public address on loopback means a proxy in front, so the product believes the load's many addresses.
    settings = {**clean_env(), "PUBLIC_URL": f"http://127.0.0.1:{port}", **env, "PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", target],
        cwd=ROOT,
        env=settings,
        preexec_fn=kinship.dying_with(os.getpid(), signal.SIGTERM),
    )
    web = Web(process, port)
    try:
        wait_until_answers(web.url + "/", process)
        yield web
    finally:
        process.terminate()
        process.wait(30)


def clean_env(**env: str) -> dict[str, str]:
    """Return an almost empty environment, so that nobody's own settings are measured."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "DEMO": "0", **env}


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait for any HTTP answer. Raises RuntimeError when the process ends or takes too long."""
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer")


def tree(pid: int) -> list[int]:
    """Return a process and everything below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def cpu_seconds_with_ended(pid: int) -> float:
    """Return the processor time of a process and everything below it so far, with that of its children that ended."""
    fields = _stat(pid)
    ended = int(fields[13]) + int(fields[14]) if fields else 0
    return (ended + sum(_cpu_ticks(each) for each in tree(pid))) / _TICKS


def pss_mb(pid: int) -> dict[str, float]:
    """Return the proportional set size of a process tree in MB by command line."""
    sizes: dict[str, float] = {}
    for each in tree(pid):
        try:
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
            name = Path(f"/proc/{each}/cmdline").read_text().replace("\0", " ").strip()
        except OSError:
            continue
        kb = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        sizes[f"{name[:60]} ({each})"] = kb / 1024
    return sizes


def cpu_seconds_of(pid: int) -> float:
    """Return the processor time of one process, user and system, so far."""
    return _cpu_ticks(pid) / _TICKS


def _cpu_ticks(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/<pid>/stat behind the name, which may hold spaces."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []
