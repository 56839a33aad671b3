"""A small town for message tests: shops, people, and a carrier that a test can make misbehave."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.customers.models import Consent, Customer
from app.extensions import db
from app.flows.unit import write
from app.messages import outbox
from app.messages.models import Message
from app.shops.models import Shop
from tests.world import Clock

# A Monday, two in the afternoon in Korea.
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def a_shop(name: str = "달빛커피", *, is_demo: bool = True, phone: str = "02-123-4567") -> int:
    """Make a shop; returns its id."""
    with write() as session:
        shop = Shop(
            code=f"s{len(name)}{session.query(Shop).count()}",
            name=name,
            mark=name[0],
            phone=phone,
            is_demo=is_demo,
            created_at=NOON,
        )
        session.add(shop)
        session.flush()
        return int(shop.id)


ALL = ("age14", "required", "marketing", "ads", "ads_night")


def a_customer(
    shop_id: int,
    name: str = "김단골",
    *,
    phone: str | None = "+821012345678",
    agreed: tuple[str, ...] = ALL[:4],
) -> int:
    """Make a person who agreed to some of the five boxes; returns the id."""
    with write() as session:
        person = Customer(
            shop_id=shop_id,
            name=name,
            phone=phone,
            phone_tail=phone[-4:] if phone else None,
            phone_key=f"key-of-{phone}" if phone else "",
            source="qr",
            joined_at=NOON,
            last_visit_at=NOON,
            visit_count=1,
        )
        session.add(person)
        session.flush()
        for kind in agreed if phone else ():
            session.add(a_consent(person, kind, "grant"))
        return int(person.id)


def a_consent(person: Customer, kind: str, action: str) -> Consent:
    """Return one line of consent evidence, not yet added."""
    return Consent(
        shop_id=person.shop_id,
        customer_id=person.id,
        kind=kind,
        action=action,
        channels="문자",
        text_version="t",
        text_hash="t",
        source="qr",
        at=NOON,
        phone_key=f"key-of-{person.phone}",
    )


def thank(
    shop_id: int, customer_id: int, clock: Clock, cause: str = "visit:1", kind: str = "thank_you"
) -> int | None:
    """Plan a thank-you whose cause is now."""
    with write() as session:
        return outbox.plan(
            session,
            shop_id=shop_id,
            customer_id=customer_id,
            kind=kind,
            cause=cause,
            due_at=clock(),
            facts={"balance": 7, "goal": 10, "consent": "ads", "granted": True, "reward": "커피 한 잔"},
            now=clock(),
        )


def rows(**where: Any) -> list[Message]:
    """Return the outbox, oldest first."""
    db.session.rollback()
    return list(db.session.query(Message).filter_by(**where).order_by(Message.id))


class Provider:
    """A carrier in a thread. `script` decides each POST's answer; the default accepts everything."""

    def __init__(self) -> None:
        self.accepted: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.script: list[Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]] = []
        self.lookups: list[Callable[[BaseHTTPRequestHandler, str], None]] = []
        self.url = ""

    def accept(self, letter: dict[str, Any]) -> dict[str, str]:
        """Take a letter in; a naive carrier, it takes the same key twice."""
        self.accepted.append(letter)
        return {"id": f"p{len(self.accepted)}"}

    def taken_keys(self) -> list[str]:
        """Return the keys of what was accepted, in order."""
        return [letter["key"] for letter in self.accepted]


def answer(
    handler: BaseHTTPRequestHandler, status: int, body: bytes = b"{}", headers: dict[str, str] | None = None
) -> None:
    """Write one HTTP answer."""
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def a_provider() -> Iterator[Provider]:
    """Run a carrier on a free port of loopback."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            letter = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if provider.script:
                provider.script.pop(0)(self, letter)
            else:
                answer(self, 200, json.dumps(provider.accept(letter)).encode())

        def do_GET(self) -> None:
            key = parse_qs(urlsplit(self.path).query)["key"][0]
            provider.asked.append(key)
            if provider.lookups:
                provider.lookups.pop(0)(self, key)
            elif key in provider.taken_keys():
                answer(self, 200, b'{"id": "p"}')
            else:
                answer(self, 404, b'{"absent": true}')

        def log_message(self, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
