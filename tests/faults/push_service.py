"""A push service with bad manners and a good memory: what it took is on disk before it answers.

Run as `python -m tests.faults.push_service LOG SEED SHARE`: prints its port, then misbehaves in SHARE of the calls
(0–1) until a file LOG.calm exists. It takes the same push (Topic) as often as it comes; LOG.played says what went wrong.
"""

from __future__ import annotations

import os
import random
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from launch.provider_bench.journal import Journal

# (what happens, whether the push was taken in before it happened)
FAULTS = [
    ("hang", True),
    ("hang", False),
    ("reset", True),
    ("reset", False),
    ("500", True),
    ("500", False),
    ("cut", True),
    ("drip", True),
    ("huge", True),
    ("302", False),
    ("429", False),
    ("503", False),
    ("410", False),
]
HANG_S = 1.6


def serve(log: Path, seed: int, share: float) -> None:
    """Serve until the parent is gone."""
    journal, dice, calm = Journal(log), random.Random(seed), Path(f"{log}.calm")
    played = Journal(Path(f"{log}.played"))

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if calm.exists() or dice.random() >= share:
                self._take()
                self._answer(201)
                return
            fault, takes_it = dice.choice(FAULTS)
            played.write([{"what": "fault", "fault": fault, "taken": takes_it}])
            if takes_it:
                self._take()
            self._misbehave(fault)

        def _take(self) -> None:
            journal.write([{"what": "taken", "key": self.headers["Topic"], "at": time.time()}])

        def _misbehave(self, fault: str) -> None:
            if fault == "hang":
                time.sleep(HANG_S)
            elif fault == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            elif fault == "cut":
                self.wfile.write(b"HTTP/1.1 201 Cre")
            elif fault == "drip":
                self.wfile.write(b"HTTP/1.1 201 Created\r\n")
                for _ in range(20):
                    time.sleep(HANG_S / 20)
                    self.wfile.write(b"X: y\r\n")
            elif fault == "huge":
                self._answer(201, b"x" * 300_000)
            else:
                self._answer(int(fault))

        def _answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status in (429, 503):
                self.send_header("Retry-After", "1")
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing: the log on disk is the record."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            """A sender that died in the middle of its call is what this is for."""

    server = Server(("127.0.0.1", 0), Desk)
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
