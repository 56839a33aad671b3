"""A carrier with bad manners and a good memory: what it accepted is on disk before it answers.

Run as `python -m tests.faults.provider LOG SEED SHARE`: prints its port, then misbehaves in SHARE of the
calls (0–1) until a file LOG.calm exists. It is naive on purpose: the same key twice is accepted twice.
"""

from __future__ import annotations

import json
import os
import random
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

# (what happens, whether the letter was taken in before it happened)
FAULTS = [
    ("hang", True),
    ("hang", False),
    ("reset", True),
    ("reset", False),
    ("500", True),
    ("500", False),
    ("garbage", True),
    ("drip", True),
    ("huge", True),
    ("302", False),
    ("429", False),
]
HANG_S = 2.0


class Memory:
    """The durable log: one JSON line for each accepted letter."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self.accepted: dict[str, int] = {}

    def accept(self, key: str) -> str:
        """Write the letter down, flush it to disk, and return its id."""
        with self._lock:
            self.accepted[key] = self.accepted.get(key, 0) + 1
            os.write(self._file, json.dumps({"key": key, "at": time.time()}).encode() + b"\n")
            os.fsync(self._file)
            return f"p{len(self.accepted)}"


def serve(log: Path, seed: int, share: float) -> None:
    """Serve until the parent is gone."""
    memory, dice, calm = Memory(log), random.Random(seed), Path(f"{log}.calm")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            letter = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if calm.exists() or dice.random() >= share:
                self._answer(200, json.dumps({"id": memory.accept(letter["key"])}).encode())
                return
            fault, takes_it = dice.choice(FAULTS)
            if takes_it:
                memory.accept(letter["key"])
            self._misbehave(fault)

        def do_GET(self) -> None:
            key = parse_qs(urlsplit(self.path).query)["key"][0]
            if not calm.exists() and dice.random() < share:
                self._misbehave(dice.choice(["hang", "reset", "500", "garbage"]))
            elif key in memory.accepted:
                self._answer(200, b'{"id": "found"}')
            else:
                self._answer(404, b'{"absent": true}')

        def _misbehave(self, fault: str) -> None:
            if fault == "hang":
                time.sleep(HANG_S)
            elif fault == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            elif fault == "garbage":
                self._answer(200, b"<html>maintenance</html>")
            elif fault == "huge":
                self._answer(200, b'{"id": "' + b"x" * 300_000)
            elif fault == "drip":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                for _ in range(20):
                    time.sleep(HANG_S / 20)
                    self.wfile.write(b"X: y\r\n")
            elif fault == "302":
                self._answer(302, headers={"Location": "http://127.0.0.1:9/"})
            elif fault == "429":
                self._answer(429, headers={"Retry-After": "1"})
            else:
                self._answer(500)

        def _answer(self, status: int, body: bytes = b"{}", headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing: the log on disk is the record."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            """A sender that died in the middle of its call is what this is for."""

    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    server.serve_forever()


def _end_with_parent() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
