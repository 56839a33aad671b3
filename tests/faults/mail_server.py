"""A mail server with bad manners and a good memory: what it took is on disk before it answers.

Run as `python -m tests.faults.mail_server LOG SEED SHARE`: prints its port, then misbehaves in SHARE of the
mails (0–1) until a file LOG.calm exists. It is naive on purpose: the same Message-ID twice is taken twice.
"""

from __future__ import annotations

import asyncio
import email
import json
import os
import random
import socket
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

# (what happens, whether the mail was taken before it happened)
FAULTS = [
    ("hang", True),
    ("hang", False),
    ("drop", True),
    ("drop", False),
    ("451 come again", False),
    ("452 disk full", False),
    ("421 closing", False),
    ("999 what", True),
]
HANG_S = 2.0


class Memory:
    """The durable log: one JSON line for each mail that was taken, and one for each fault."""

    def __init__(self, log: Path, seed: int, share: float) -> None:
        self._file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._dice, self._share, self._calm = random.Random(seed), share, Path(f"{log}.calm")

    def _write(self, **facts: object) -> None:
        os.write(self._file, json.dumps({**facts, "at": time.time()}).encode() + b"\n")
        os.fsync(self._file)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if not self._calm.exists() and self._dice.random() < self._share / 3:
            return "421 not now"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        key = email.message_from_bytes(envelope.content)["Message-ID"].strip("<>").partition("@")[0]
        if self._calm.exists() or self._dice.random() >= self._share:
            self._write(key=key)
            return "250 OK"
        fault, takes_it = self._dice.choice(FAULTS)
        if takes_it:
            self._write(key=key)
        self._write(fault=fault)
        if fault == "hang":
            await asyncio.sleep(HANG_S)
        if fault == "drop":
            server.transport.close()
        return fault if fault[0].isdigit() else "250 OK"


async def serve(memory: Memory) -> None:
    """Serve until the parent is gone."""
    loop, parent = asyncio.get_running_loop(), os.getppid()
    listening = socket.create_server(("127.0.0.1", 0))
    await loop.create_server(lambda: SMTP(memory, hostname="mail.test", loop=loop), sock=listening)
    print(listening.getsockname()[1], flush=True)
    while os.getppid() == parent:
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    asyncio.run(serve(Memory(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
