"""The bench on a port: SOLAPI and NHN Cloud under one address, a page of phones, and a door to set it up.

What stands between the line and the providers is exchangeable (`Manners`): here it is polite, the tests put one in
its place that hangs, resets, drips and lies.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from launch.provider_bench import nhn, nhn_talk, page, solapi
from launch.provider_bench.calls import Answer, Call, as_json
from launch.provider_bench.carrier import Carrier
from launch.provider_bench.postman import Postman

MOST_BODY_BYTES = 32 * 1024 * 1024
CONTROL = "/bench/"


class Line:
    """The connection a call came on."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self.handler = handler

    def answer(self, answer: Answer) -> None:
        """Write one whole answer."""
        self.handler.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(answer.body)


class Manners(Protocol):
    """How the bench behaves towards one call to a provider."""

    def meet(self, line: Line, call: Call, act: Callable[[], Answer]) -> None:
        """Answer a call; `act` does what it asks for and returns what a good provider would say."""


class Polite:
    """A provider that always answers."""

    def meet(self, line: Line, call: Call, act: Callable[[], Answer]) -> None:
        """Do it and say so."""
        line.answer(act())


class BenchServer(ThreadingHTTPServer):
    """Serves calls in threads of their own."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        carrier: Carrier,
        postman: Postman,
        *,
        manners: Manners | None = None,
        secret: str,
    ) -> None:
        super().__init__(address, _Handler)
        self.carrier, self.postman, self.secret = carrier, postman, secret
        self.manners: Manners = manners or Polite()
        # What else the control door knows, by the last part of the path: the tests' switch for faults.
        self.controls: dict[str, Callable[[Call], Answer]] = {}

    @property
    def url(self) -> str:
        """Where it is reached."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def handle_error(self, *args: object) -> None:
        """Say nothing of a caller that hung up: that is what a bench is for."""

    def serve_with_post(self) -> None:
        """Serve calls and bring post until Ctrl+C."""
        postman = threading.Thread(target=self.postman.run, daemon=True)
        postman.start()
        try:
            self.serve_forever()
        finally:
            self.server_close()
            self.postman.stop()
            postman.join(5)


@contextmanager
def listening(server: BenchServer) -> Iterator[None]:
    """Serve in a thread until the block ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(carrier: Carrier, call: Call) -> Answer:
    """Answer a call to either provider."""
    if call.path.startswith("/sms/"):
        return nhn.answer(carrier, call)
    if call.path.startswith("/alimtalk/"):
        return nhn_talk.answer(carrier, call)
    return solapi.answer(carrier, call)


class _Handler(BaseHTTPRequestHandler):
    server: BenchServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, *args: Any) -> None:
        """Say nothing: the journal is the record."""

    def _serve(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > MOST_BODY_BYTES:
            Line(self).answer(Answer(413))
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):  # cut off on its way: it never arrived
            return
        call = Call.of(self.command, self.path, dict(self.headers.items()), body)
        if call.path.startswith(CONTROL):
            Line(self).answer(self._controlled(call))
        else:
            act = lambda: answer(self.server.carrier, call)  # noqa: E731
            self.server.manners.meet(Line(self), call, act)

    def _controlled(self, call: Call) -> Answer:
        """Answer the page and the control door; both need the bench's own secret."""
        _, _, given, *rest = [*call.path.split("/"), "", ""]
        if call.path.startswith("/bench/static/"):
            return page.static(call.path.removeprefix("/bench/static/"))
        if not hmac.compare_digest(given.encode(), self.server.secret.encode()):
            return as_json({"error": "wrong secret"}, 404)
        if rest[0] in self.server.controls:
            return self.server.controls[rest[0]](call)
        return page.answer(self.server.carrier, self.server.postman, self.server.secret, rest, call)
