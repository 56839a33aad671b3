"""A process of its own for what strangers send: little memory, little time, no way to the shop's data.

    python -I limited_process.py MEMORY_MB CPU_S FILE_MB PROGRAM ARGUMENTS…

limits itself and becomes PROGRAM, which cannot take the limits off again. `run` starts it, or a program that limits
itself. Nothing of the application is imported here: a start would take longer than the work.
"""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_MB = 1024 * 1024
# So often whoever waits looks what else there is to do.
_LOOK_S = 1.0
# The exit status that says "the machine failed, not the file": on a full disk no answer could be written.
MACHINE_FAILED = os.EX_IOERR
# How the process ends when it is not the file's fault: it says so, Python doesn't find the program (it is being
# replaced), or a service manager stops everything. A file that kills its process ends otherwise.
_NO_FAULT = {MACHINE_FAILED, 2, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}


@dataclass(frozen=True)
class Limits:
    """What a process may take: memory and each file it writes in MB, seconds of CPU (twice as many by the clock)."""

    memory_mb: int
    cpu_s: int
    file_mb: int


class FellOver(Exception):
    """The process was ended by what it read: too much memory, too much time, or it crashed."""


class Stopped(OSError):
    """Whoever waited was asked to stop, and ended the process."""


def run(
    program: Path,
    *arguments: str,
    deadline_s: float,
    limits: Limits | None = None,
    beside: Callable[[], bool] | None = None,
) -> None:
    """Run a program of ours on a stranger's file, and wait. `limits=None`: it limits itself before it reads anything.

    `beside` is called every second meanwhile: what else is due is done there, and True ends the process. Raises
    FellOver, and OSError when the file is not to blame: the disk is full, or everything is being stopped (Stopped).
    """
    command = [sys.executable, "-I"]
    if limits is not None:
        command += [__file__, str(limits.memory_mb), str(limits.cpu_s), str(limits.file_mb)]
    # One arena: what others reserve without using it counts against the memory limit.
    env = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}
    nothing = subprocess.DEVNULL
    with subprocess.Popen(
        [*command, str(program), *arguments],
        stdin=nothing,
        stdout=nothing,
        stderr=nothing,
        env=env,
        cwd="/",
    ) as process:
        try:
            code = _waited_for(process, deadline_s, beside)
        except BaseException:
            process.kill()
            raise
    if code in _NO_FAULT:
        raise OSError(f"the process ended with {code}")
    if code != 0:
        raise FellOver(f"it ended with {code}")


def _waited_for(
    process: subprocess.Popen[bytes], deadline_s: float, beside: Callable[[], bool] | None
) -> int:
    ends = time.monotonic() + deadline_s
    while True:
        left = ends - time.monotonic()
        try:
            return process.wait(max(0.0, left if beside is None else min(left, _LOOK_S)))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= ends:
                raise FellOver("it took too long") from None
        if beside is not None and beside():
            raise Stopped("asked to stop")


def plain(path: Path, most: int) -> bytes:
    """Read the beginning of a plain file: a pipe would never end, a link may lead anywhere. Raises OSError."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise OSError("not a plain file")
    with open(path, "rb") as file:
        return file.read(most)


def limit(limits: Limits) -> None:
    """Give away what this process does not need. The alarm ends it even when nobody waits for it any more."""
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_mb * _MB),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, limits.file_mb * _MB),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    signal.alarm(2 * limits.cpu_s)


if __name__ == "__main__":
    limit(Limits(*(int(number) for number in sys.argv[1:4])))
    os.execv(sys.executable, [sys.executable, "-I", *sys.argv[4:]])
