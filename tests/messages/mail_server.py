"""Mail servers in this process: one that behaves (aiosmtpd), and one that says whatever a test wants."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.messages.contract import Wire
from tests.launch.product import free_port

FROM = "card@dangol.test"


def wire_to(port: int, *, scheme: str = "smtp", login: str = "", host: str = "127.0.0.1") -> Wire:
    """Return what a deployment with this mail server gives its senders."""
    return Wire(
        public_url="https://dangol.test",
        base_url="https://dangol.test",
        smtp_url=f"{scheme}://{login}{host}:{port}",
        mail_from=FROM,
    )


class Mailbox:
    """What the server took in, and what it says at each step ("" = yes)."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.envelopes: list[Any] = []
        self.says: dict[str, str] = {}
        self.encrypted: list[bool] = []
        self.port = 0

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if not self.says.get("MAIL"):
            envelope.mail_from = address
        return self.says.get("MAIL") or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if not self.says.get("RCPT"):
            envelope.rcpt_tos.append(address)
        return self.says.get("RCPT") or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if refusal := self.says.get("DATA"):
            return refusal
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 taken as 4711"


@contextmanager
def a_mail_server(**server: Any) -> Iterator[Mailbox]:
    """Run a mail server on a free port of loopback. `server`: what aiosmtpd's Controller takes."""
    mailbox = Mailbox()
    mailbox.port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, **server)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def knows(user: str, password: str) -> Callable[..., AuthResult]:
    """Return a server's check of a login."""

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        right = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    return check


@contextmanager
def a_rude_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Let `talk` answer each connection as it likes; gives the port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer(line: socket.socket) -> None:
        with closing(line):
            try:
                talk(line)
            except OSError:
                return

    def serve() -> None:
        while True:
            try:
                line, _where = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(line,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def say_nothing(line: socket.socket) -> None:
    """Hang until the other end gives up: however late that is on a busy machine, it is its own patience that ended."""
    while line.recv(65536):
        pass


def polite(line: socket.socket, *, until: bytes) -> None:
    """Speak SMTP until a line begins with `until` (b"DATA", b"." for the end of the mail), without answering that."""
    line.sendall(b"220 rude.test\r\n")
    reader, in_mail = line.makefile("rb"), False
    for said in reader:
        if said.startswith(until) and (until != b"." or said.strip() == b"."):
            return
        if in_mail:
            continue
        in_mail = said.startswith(b"DATA")
        line.sendall(b"354 go on\r\n" if in_mail else b"250 OK\r\n")


def certificate(folder: Path) -> Path:
    """Make a certificate for localhost that vouches for itself; the file holds its key too."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def tls(file: Path) -> ssl.SSLContext:
    """Return a server's context with that certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context
