"""A server that takes a shop's news, and misbehaves when it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What came, and how the next ones are answered: a status, "hang_up", "slow" or "endless"."""

    origin: str = ""
    manner: int | str = 204
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address that takes news."""
        return f"{self.origin}/news"

    @property
    def refs(self) -> list[str]:
        """The webhook-id of everything that came."""
        return [headers["webhook-id"] for headers, _body in self.came]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a port of this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if receiver.manner == "hang_up":
                self.connection.close()
                return
            if receiver.manner == "slow":
                time.sleep(1.5)
            status = receiver.manner if isinstance(receiver.manner, int) else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", receiver.origin + "/elsewhere")
            self.end_headers()
            if receiver.manner == "endless":
                try:
                    for _ in range(64):
                        self.wfile.write(b"x" * 16_384)
                except OSError:
                    return

        def log_message(self, *_told: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
