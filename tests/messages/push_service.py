"""A push service on this machine: takes what it is told to take, and notes all of it."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.messages.contract import Target
from app.messages.providers.push import packed


@dataclass
class Phone:
    """A browser: its keys, and what it can read of what was pushed to it."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"sixteen secrets!"

    @property
    def point(self) -> bytes:
        """Its public key."""
        form = serialization.PublicFormat.UncompressedPoint
        return self.key.public_key().public_bytes(serialization.Encoding.X962, form)

    def target(self, endpoint: str, which: int = 1) -> Target:
        """Return what a letter names it by."""
        return Target(which, endpoint, packed(self.point), packed(self.auth))

    def opened(self, body: bytes) -> bytes:
        """Return what a body says, written down from the RFC apart from the code that seals (RFC 8291 section 3.4)."""
        salt, record, size = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, sealed = body[21 : 21 + size], body[21 + size :]
        assert (record, size) == (4096, 65)
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.key.exchange(ec.ECDH(), point)

        def derive(secret: bytes, with_salt: bytes, info: bytes, length: int) -> bytes:
            return HKDF(hashes.SHA256(), length, with_salt, info).derive(secret)

        secret = derive(shared, self.auth, b"WebPush: info\0" + self.point + theirs, 32)
        key = derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derive(secret, salt, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain[-1:] == b"\2"
        return plain[:-1]


@dataclass
class Service:
    """What it answers, by path ("hang" answers nothing), and what came."""

    url: str = ""
    answers: dict[str, int | str] = field(default_factory=dict)
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def endpoint(self, name: str) -> str:
        """Return the address of one browser."""
        return f"{self.url}/{name}"


@contextmanager
def a_push_service() -> Iterator[Service]:
    """Run one on a free port."""
    service, ended = Service(), threading.Event()

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.taken.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            answer = service.answers.get(self.path, 201)
            if isinstance(answer, str):
                ended.wait(20)
                return
            self.send_response(answer)
            if answer == 429:
                self.send_header("Retry-After", "40")
            if 300 <= answer < 400:
                self.send_header("Location", service.endpoint("elsewhere"))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield service
    finally:
        ended.set()
        server.shutdown()
        server.server_close()


def keys() -> tuple[str, str]:
    """Return a key pair of ours: the private one in PEM, the public point in base64url."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    form = serialization.PublicFormat.UncompressedPoint
    point = key.public_key().public_bytes(serialization.Encoding.X962, form)
    return private.decode(), base64.urlsafe_b64encode(point).rstrip(b"=").decode()
