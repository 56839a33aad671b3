"""Guarded HTTP: one call with a total deadline, a cap on the body, no redirects, checked addresses.

Library timeouts are per read, so a server that drips one byte a second holds a worker for ever; here a
watchdog closes the socket at the deadline whatever is being read. The address is resolved once,
checked, and that very address is connected to (no DNS rebinding, S13). Private, loopback and
link-local addresses are refused unless the caller names their origin in `trusted`.

What failed matters more than that it failed: `NotSent` says the request surely never left, `Unsure`
that it may have arrived.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

# The last four bytes are an IPv4 address: NAT64 (RFC 6052, RFC 8215), and what was once called compatible (RFC 4291).
_CARRYING = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))


class NotSent(Exception):
    """The request surely never reached the server."""


class Unsure(Exception):
    """The request was on its way; nobody here knows what became of it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered. `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def boot_clock() -> float:
    """Return seconds that also pass while a process is stopped or the machine sleeps (Linux).

    A lease is only worth something on a clock that nobody can set.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    deadline_s: float = 10.0,
    body_cap: int = 64 * 1024,
    trusted: frozenset[str] = frozenset(),
    latest_start: float | None = None,
    ca_file: str | None = None,
) -> Reply:
    """Make one HTTP call and return the reply, whatever its status; a 3xx is not followed.

    `deadline_s` is the total time in seconds, name lookup included; `body_cap` is in bytes; `trusted`
    holds origins ("http://127.0.0.1:8000") that may live on a private address; `latest_start` is the
    `boot_clock()` after which not a byte may leave any more (a fenced-off sender); `ca_file` is a
    certificate authority to trust besides the system's.

    Raises NotSent when nothing left, Unsure when the request may have arrived.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise NotSent(f"not a plain http(s) address: {parts.scheme}")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    until = boot_clock() + deadline_s
    sock = connect(parts.hostname, port, until, trusted=f"{parts.scheme}://{parts.netloc}" in trusted)
    with hung_up_at(sock, until):
        try:
            if parts.scheme == "https":
                sock = _tls(sock, parts.hostname, ca_file)
            if latest_start is not None and boot_clock() > latest_start:
                raise NotSent("the lease of this sender is over")
            path = parts.path or "/"
            return _talk(
                sock,
                method,
                f"{path}?{parts.query}" if parts.query else path,
                {"Host": parts.netloc, "Connection": "close", **(headers or {})},
                body,
                body_cap,
                until,
            )
        finally:
            sock.close()


@contextmanager
def hung_up_at(sock: socket.socket, until: float) -> Iterator[None]:
    """End this connection at `until` (boot_clock), whatever is being read, and in any case afterwards.

    Wrapping in TLS takes the socket object away, so the watchdog holds a second handle of the same line.
    """
    line = sock.dup()
    watchdog = threading.Timer(max(0.0, until - boot_clock()), _hang_up, args=(line,))
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()
        _hang_up(line)
        line.close()


def connect(host: str, port: int, until: float, *, trusted: bool) -> socket.socket:
    """Resolve a name, check the addresses unless `trusted`, and connect, all before `until` (boot_clock).

    Raises NotSent.
    """
    failure: Exception = OSError("no address")
    for address in _addresses(host, port, until):
        if not trusted and not is_public(address):
            failure = PermissionError("the address is not a public one")
            continue
        left = until - boot_clock()
        if left <= 0:
            failure = TimeoutError("out of time")
            break
        try:
            sock = socket.create_connection((address, port), timeout=left)
        except OSError as error:
            failure = error
            continue
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    raise NotSent(f"can't connect: {failure}") from failure


def is_public(address: str) -> bool:
    """Tell whether an address (of a lookup, so a plain one) leads to a machine out there.

    An IPv6 address that only carries an IPv4 one (NAT64, 6to4, mapped) is as public as that one: the network in
    between opens it again.
    """
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.is_site_local:
            return False
        carried = found.ipv4_mapped or found.sixtofour
        if carried is None and any(found in net for net in _CARRYING):
            carried = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        found = carried or found
    return found.is_global and not found.is_multicast


def _addresses(host: str, port: int, until: float) -> list[str]:
    """Look the name up in a thread of its own: the C resolver knows no deadline. Raises NotSent."""
    found: list[str] = []
    trouble: list[OSError] = []

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            trouble.append(error)
        else:
            found.extend(dict.fromkeys(str(row[4][0]) for row in rows))

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(max(0.0, until - boot_clock()))
    if not found:
        raise NotSent(f"can't resolve the name: {trouble[0] if trouble else 'no answer in time'}")
    return list(found)


def _tls(sock: socket.socket, host: str, ca_file: str | None) -> socket.socket:
    try:
        context = ssl.create_default_context()
        if ca_file:
            context.load_verify_locations(ca_file)
        return context.wrap_socket(sock, server_hostname=host)
    except (OSError, ValueError) as error:
        raise NotSent(f"no TLS: {error}") from error


def _talk(
    sock: socket.socket,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes | None,
    body_cap: int,
    until: float,
) -> Reply:
    connection = http.client.HTTPConnection("unused")
    connection.sock = sock
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        answer = connection.getresponse()
        content = bytearray()
        while chunk := answer.read1(16 * 1024):
            content += chunk
            if len(content) > body_cap:
                raise Unsure(f"the answer is larger than {body_cap} bytes")
        # A hung-up socket reads like the end of the body; http.client only notices a short one.
        if boot_clock() >= until:
            raise Unsure("no complete answer in time")
        if answer.length:
            raise Unsure("the answer was cut off")
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, bytes(content))
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Unsure(f"no answer: {type(error).__name__}") from error
    finally:
        connection.close()


def _hang_up(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
