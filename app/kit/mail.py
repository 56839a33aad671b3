"""Handing one e-mail to an SMTP server (RFC 5321) with a total deadline, and knowing how far it got.

smtplib's timeouts are per read, so a server that drips one byte a second holds a worker for ever; here the
connection is hung up at the deadline. What failed matters more than that it failed: net.NotSent says the
mail surely was not taken, NoThanks that the server said so itself, net.Unsure that it may have been taken.
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from app.kit import net
from app.kit.net import NotSent, Unsure, boot_clock


class NoThanks(Exception):
    """The server refused: `code` is its reply (RFC 5321 4.2), `step` what it answered to, `words` its reason."""

    def __init__(self, step: str, code: int, words: bytes) -> None:
        self.step, self.code = step, code
        self.words = words.decode("utf-8", "replace").replace("\n", " ")[:120]
        super().__init__(f"{step}: {code} {self.words}")


@dataclass(frozen=True, slots=True)
class _Server:
    host: str
    port: int
    is_tls: bool  # from the first byte (smtps, RFC 8314)
    user: str
    password: str


def deliver(
    url: str, *, sender: str, to: str, message: bytes, deadline_s: float, latest_start: float | None = None
) -> str:
    """Hand one message over and return the server's words about it.

    `url` is smtp://[user:password@]host[:port] or smtps://…; `message` is a whole RFC 5322 message with CRLF
    line ends; `deadline_s` is the total time in seconds, name lookup included; `latest_start` is the
    `boot_clock()` after which the sender (fenced off by then) may not begin any more.

    Raises NotSent (nobody took it), NoThanks (refused, also a wrong login), Unsure (it may have been taken).
    """
    server, until = _server(url), boot_clock() + deadline_s
    sock = net.connect(server.host, server.port, until, trusted=True)
    with net.hung_up_at(sock, until):
        # Said by name: else smtplib asks the resolver who we are, and that knows no deadline.
        smtp = smtplib.SMTP(local_hostname=sender.rpartition("@")[2], timeout=deadline_s)
        smtp._host = server.host  # type: ignore[attr-defined]  # the name its certificate must carry
        smtp.sock = sock
        try:
            with _not_sent():
                if server.is_tls:
                    context = ssl.create_default_context()
                    smtp.sock = context.wrap_socket(sock, server_hostname=server.host)
                _greet(smtp, server)
                if latest_start is not None and boot_clock() > latest_start:
                    raise NotSent("the lease of this sender is over")
                _ask(smtp, "MAIL", f"FROM:<{sender}>")
                _ask(smtp, "RCPT", f"TO:<{to}>")
                _ask(smtp, "DATA")
                # Without the dot on a line of its own the server must throw away what it has (4.1.1.4).
                smtp.send(re.sub(rb"(?m)^\.", b"..", message.rstrip(b"\r\n")) + b"\r\n")
            return _end(smtp)
        finally:
            smtp.close()


def _server(url: str) -> _Server:
    parts = urlsplit(url)
    is_tls = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    # 587 is where programs hand mail in with a login, 25 where servers on one's own network take it.
    port = parts.port or (465 if is_tls else 587 if user else 25)
    return _Server(parts.hostname or "", port, is_tls, user, password)


@contextmanager
def _not_sent() -> Iterator[None]:
    """Whatever breaks before the last byte of the mail is written: nobody has it."""
    try:
        yield
    except (OSError, ValueError, smtplib.SMTPException) as fault:
        raise NotSent(f"no mail server: {type(fault).__name__}") from fault


def _greet(smtp: smtplib.SMTP, server: _Server) -> None:
    """Read the banner, say who we are, encrypt, sign in."""
    code, words = smtp.getreply()
    if code != 220:
        raise NotSent(f"the banner says {code} {words.decode('utf-8', 'replace')[:80]}")
    smtp.ehlo_or_helo_if_needed()
    if not server.is_tls and smtp.has_extn("starttls"):
        smtp.starttls(context=_context(server))
        smtp.ehlo_or_helo_if_needed()
    elif server.user and not server.is_tls:
        raise NotSent("the server offers no STARTTLS, and a password does not travel in the open")
    if server.user:
        try:
            smtp.login(server.user, server.password)
        except smtplib.SMTPAuthenticationError as refused:
            raise NoThanks("AUTH", refused.smtp_code, _bytes(refused.smtp_error)) from None
        except smtplib.SMTPNotSupportedError:
            raise NoThanks("AUTH", 502, b"no way of signing in that we know") from None


def _context(server: _Server) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not server.user and _is_this_machine(server.host):
        # A relay on this very machine rarely has a certificate for a name; nobody sits in between.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _ask(smtp: smtplib.SMTP, step: str, what: str = "") -> None:
    code, words = smtp.docmd(step, what)
    if code // 100 != (3 if step == "DATA" else 2):
        if code < 400:
            raise NotSent(f"{step}: {code} makes no sense")
        raise NoThanks(step, code, words)


def _end(smtp: smtplib.SMTP) -> str:
    """Send the dot and read the answer. From here on only the server's own words are a no."""
    try:
        smtp.send(b".\r\n")
        code, words = smtp.getreply()
    except (OSError, ValueError, smtplib.SMTPException) as fault:
        raise Unsure(f"no answer after the mail: {type(fault).__name__}") from fault
    if code // 100 == 2:
        return words.decode("utf-8", "replace")
    if 400 <= code < 600:
        raise NoThanks("DATA", code, words)
    raise Unsure(f"the answer after the mail makes no sense: {code}")


def _bytes(words: bytes | str) -> bytes:
    return words.encode() if isinstance(words, str) else words
