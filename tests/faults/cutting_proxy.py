"""A network that loses answers: every request reaches the server, some answers never come back (F22)."""

from __future__ import annotations

import http.client
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_KEPT_HERE = ("connection", "transfer-encoding", "keep-alive")


class CuttingProxy(ThreadingHTTPServer):
    """Passes everything on to one port. `cut`: how many answers to a POST were thrown away so far."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, share: float, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target, self.share, self.cut = port, share, 0
        self._dice, self._lock = random.Random(seed), threading.Lock()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def throws_away(self) -> bool:
        """Decide about one answer."""
        with self._lock:
            cut = self._dice.random() < self.share
            self.cut += cut
            return cut


class _Passing(BaseHTTPRequestHandler):
    server: CuttingProxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass_on(may_cut=False)

    def do_POST(self) -> None:
        self._pass_on(may_cut=True)

    def _pass_on(self, *, may_cut: bool) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        there = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=60)
        there.request(self.command, self.path, body=body or None, headers=dict(self.headers))
        answer = there.getresponse()
        told = answer.read()
        there.close()
        self.close_connection = True
        if may_cut and self.server.throws_away():
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _KEPT_HERE:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def cutting_proxy(port: int, share: float, seed: int) -> Iterator[CuttingProxy]:
    """Stand before a server on `port` and throw `share` of the answers to its POSTs away."""
    proxy = CuttingProxy(port, share, seed)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
