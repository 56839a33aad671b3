"""A small SOLAPI on a port of loopback, as its documents describe it, with a switch for what may go wrong."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.messages.world import answer

KEY, SECRET = "NCSTESTDANGOL001", "TESTTESTTESTTESTTESTTESTTESTTEST"
SENDER, PROFILE = "0212345678", "KA01PF000000000000000TEST"
_HEADER = re.compile(r"HMAC-SHA256 apiKey=(\S+), date=(\S+), salt=(\S+), signature=([0-9a-f]{64})")

Reply = tuple[int, Any]


@dataclass
class Desk:
    """What the provider knows and does. `script` decides the next answers to sending instead of it."""

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)  # taken in, oldest first
    codes: dict[str, str] = field(default_factory=dict)  # number → the code it is refused with
    script: list[Callable[[BaseHTTPRequestHandler, Desk, Any], None]] = field(default_factory=list)
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)  # "GET /cash/v1/balance"
    bodies: list[Any] = field(default_factory=list)  # of everything posted
    files: list[str] = field(default_factory=list)
    asked: list[dict[str, list[str]]] = field(default_factory=list)  # the queries of questions
    balance: float = 4_321.0
    prices: Any = None
    signatures: set[str] = field(default_factory=set)
    page: int = 20
    refuses_inspection: bool = False

    def take(self, wanted: list[dict[str, Any]]) -> dict[str, Any]:
        """Take messages in, or turn each away by its code."""
        taken, failed = [], []
        for each in wanted:
            code = self.codes.get(each["to"], "") or ("" if each["from"] == SENDER else "1062")
            code = code or ("1030" if self.balance <= 0 else "")
            row = {**each, "messageId": f"M4V{len(self.messages) + 1:05d}", "statusCode": code or "2000"}
            (failed if code else taken).append(row)
            self.messages.append(row)
        return {
            "groupInfo": {"count": {"total": len(wanted), "registeredFailed": len(failed)}},
            "messageList": list(taken),
            "failedMessageList": failed,
        }

    def sent(self) -> list[dict[str, Any]]:
        """Return what went out, without what was turned away."""
        return [row for row in self.messages if row["statusCode"] in ("2000", "3000", "4000")]

    def refusal(self, header: str) -> str:
        """Return why a call is not let in, "" for a good signature."""
        found = _HEADER.fullmatch(header)
        if found is None or found[1] != KEY:
            return "InvalidAPIKey"
        signed = hmac.new(SECRET.encode(), (found[2] + found[3]).encode(), hashlib.sha256).hexdigest()
        if signed != found[4]:
            return "SignatureDoesNotMatch"
        if found[4] in self.signatures:
            return "DuplicatedSignature"
        self.signatures.add(found[4])
        return ""

    def get(self, path: str, query: dict[str, list[str]]) -> Reply:
        """Answer a question."""
        self.asked.append(query)
        if path == "/cash/v1/balance":
            return 200, {"balance": self.balance, "point": 0}
        if path == "/pricing/v1/messaging":
            plain = {"countryId": "82", "sms": 18, "lms": 45.5, "mms": 110, "ata": 13}
            return 200, self.prices if self.prices is not None else plain
        if path == "/messages/v4/list":
            rows = [row for row in reversed(self.messages) if row["to"] == query["to"][0]]
            start = int(query.get("startKey", ["0"])[0])
            page = rows[start : start + self.page]
            rest = str(start + self.page) if rows[start + self.page :] else None
            return 200, {"messageList": {row["messageId"]: row for row in page}, "nextKey": rest}
        if path == "/kakao/v2/templates/categories":
            return 200, [{"code": "001001", "name": "회원가입"}, {"code": "008003", "name": "포인트적립"}]
        if path == "/iam/v1/black":
            rows = [{"recipientNumber": "01099998888", "dateCreated": "2026-11-20T01:00:00.000Z"}]
            return 200, {"blackList": rows, "nextKey": None}
        found = self.templates.get(path.rpartition("/")[2])
        return (200, found) if found else (404, {"errorCode": "ResourceNotFound"})

    def put(self, path: str) -> Reply:
        """Hand a template to the inspectors."""
        found = self.templates.get(path.split("/")[-2])
        if found is None or self.refuses_inspection:
            return 400, {"errorCode": "ValidationError", "errorMessage": "검수를 요청할 수 없습니다."}
        found["status"] = "INSPECTING"
        return 200, found

    def post(self, path: str, body: Any) -> Reply:
        """Take something in."""
        if path == "/storage/v1/files":
            self.files.append(body["file"])
            return 200, {"fileId": f"ST{len(self.files)}", "type": body["type"]}
        if path == "/kakao/v2/templates":
            code = f"KA01TP{len(self.templates) + 1}"
            self.templates[code] = {**body, "templateId": code, "status": "PENDING", "comments": []}
            return 200, self.templates[code]
        return 200, self.take(body["messages"])


@contextmanager
def a_desk() -> Iterator[Desk]:
    """Run it until the block ends."""
    desk = Desk()

    class Handler(BaseHTTPRequestHandler):
        def _meet(self, act: Callable[[], Reply]) -> None:
            desk.calls.append(f"{self.command} {urlsplit(self.path).path}")
            refused = desk.refusal(self.headers.get("Authorization", ""))
            status, said = (403, {"errorCode": refused, "errorMessage": "no"}) if refused else act()
            answer(self, status, json.dumps(said).encode())

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._meet(lambda: desk.get(parts.path, parse_qs(parts.query)))

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._meet(lambda: desk.put(self.path))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            desk.bodies.append(body)
            if desk.script and self.path.startswith("/messages/"):
                desk.script.pop(0)(self, desk, body)
            else:
                self._meet(lambda: desk.post(self.path, body))

        def log_message(self, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    desk.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()
