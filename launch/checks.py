"""What must be true before anything is started. Each check returns sentences, so that all are shown at once."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import socket
import stat
import tempfile
from pathlib import Path
from typing import IO

from launch.refusal import CannotRun


def folder_is_writable(folder: Path) -> list[str]:
    """Make the data folder and write a file into it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return []
    except OSError as reason:
        return [
            f"The data folder {folder} cannot be written: {_in_words(reason)}. Choose another with DATA=…"
        ]


def port_is_free(host: str, port: int, setting: str = "PORT") -> list[str]:
    """Try to listen where the web process will, and let go again."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        return [f"HOST={host} is no address of this machine."]
    with socket.socket(family, kind, proto) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
            trial.listen(1)
        except OSError as reason:
            if reason.errno == errno.EADDRINUSE:
                return [f"Port {port} on {host} is used by another program. Choose another with {setting}=…"]
            return [f"Cannot listen on {host} port {port}: {_in_words(reason)}."]
    return []


def only_run(folder: Path) -> IO[str]:
    """Take the lock that lets one supervisor at a time use a data folder; it ends with this process.

    Raises CannotRun when another one has it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = open(folder / "supervisor.lock", "a+")  # noqa: SIM115 - held open until the process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise CannotRun(
            f"Dangol already runs on the data folder {folder.parent} (process {lock.read().strip() or '?'}). "
            "Stop it first, or choose another with DATA=…"
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def socket_folder(data_dir: Path) -> Path:
    """Return where the sockets of one data folder lie.

    Short because a socket's path may have 107 bytes at most (unix(7)), and not inside the data folder
    because some shared disks cannot hold sockets.
    """
    mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:10]
    base = Path("/tmp") if os.access("/tmp", os.W_OK) else Path(tempfile.gettempdir())
    return base / f"dangol-{os.getuid()}-{mark}"


def make_private(folder: Path) -> None:
    """Make a 0700 folder in a place where others write too.

    Raises CannotRun when somebody else made it first, or made it a link.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as reason:
        raise CannotRun(f"The folder {folder} for sockets cannot be made: {_in_words(reason)}.") from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise CannotRun(f"{folder} was not made by us or is open to others. Remove it and start again.")


def _in_words(reason: OSError) -> str:
    return (reason.strerror or str(reason)).lower()
