"""Guarded HTTP against servers that do everything a server can do wrong."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.kit import net
from tests.launch.product import free_port
from tests.messages.mail_server import a_rude_server, certificate, say_nothing, tls

# What drips or hangs here does so for half a minute: a total of one second is kept by its watchdog, and a machine that
# has other things to do may be late without being taken for one that waits.
DRIPS, LATE_S = 300, 10.0


class Rogue:
    """A raw TCP server: each connection is handed to `behave` after the request's head was read."""

    def __init__(self) -> None:
        self.behave: Callable[[socket.socket], None] = lambda conn: None
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                conn, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(conn,), daemon=True).start()

    def _one(self, conn: socket.socket) -> None:
        with conn:
            try:
                self.requests.append(conn.recv(65536))
                self.behave(conn)
            except OSError:
                return

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()


@pytest.fixture
def rogue() -> Iterator[Rogue]:
    server = Rogue()
    yield server
    server.close()


def call(rogue: Rogue, **options: object) -> net.Reply:
    settings = {"deadline_s": 10.0, "trusted": frozenset({rogue.url}), **options}
    return net.call("GET", f"{rogue.url}/x?y=1", **settings)  # type: ignore[arg-type]


def say(*pieces: bytes, pause: float = 0.0) -> Callable[[socket.socket], None]:
    """Return a behaviour that writes these pieces."""

    def behave(conn: socket.socket) -> None:
        for piece in pieces:
            conn.sendall(piece)
            time.sleep(pause)

    return behave


def test_a_plain_answer(rogue: Rogue) -> None:
    rogue.behave = say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Y: z\r\n\r\nhi")
    reply = call(rogue)
    assert (reply.status, reply.body, reply.headers["x-y"]) == (200, b"hi", "z")
    assert rogue.requests[0].startswith(b"GET /x?y=1 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "behave",
    [
        say_nothing,
        say(*[b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * DRIPS], pause=0.1),
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", *[b"x"] * DRIPS, pause=0.1),
        say(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * DRIPS, pause=0.1),
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"),
        say(b"not http at all\r\n\r\n"),
        say(),
        say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
        say(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000 + b"\r\n"),
    ],
    ids=[
        "hang",
        "header drip",
        "body drip",
        "endless drip",
        "cut off",
        "garbage",
        "nothing",
        "chunk",
        "long header",
    ],
)
def test_it_is_unsure_and_in_time(rogue: Rogue, behave: Callable[[socket.socket], None]) -> None:
    rogue.behave = behave
    began = time.monotonic()
    with pytest.raises(net.Unsure):
        call(rogue, deadline_s=1.0)
    assert time.monotonic() - began < LATE_S


def test_a_huge_body_is_cut_at_the_cap(rogue: Rogue) -> None:
    sent = 0

    def flood(conn: socket.socket) -> None:
        nonlocal sent
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 314572800\r\n\r\n")
        while True:
            sent += conn.send(b"x" * 65536)

    rogue.behave = flood
    with pytest.raises(net.Unsure, match="larger than"):
        call(rogue, body_cap=100_000, deadline_s=30.0)
    assert sent < 20_000_000


def test_a_redirect_is_an_answer_not_a_way(rogue: Rogue) -> None:
    rogue.behave = say(
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    )
    assert call(rogue).status == 302
    assert len(rogue.requests) == 1


def test_nobody_there_is_surely_not_sent() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(net.NotSent):
        net.call("GET", url, trusted=frozenset({url}), deadline_s=10)


def test_a_sender_past_its_lease_sends_no_byte(rogue: Rogue) -> None:
    with pytest.raises(net.NotSent, match="lease"):
        call(rogue, latest_start=net.boot_clock() - 1)
    time.sleep(0.1)
    assert [request for request in rogue.requests if request] == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::169.254.169.254]/",
        "http://[64:ff9b:1::10.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://224.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://user@8.8.8.8/",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "http:///nohost",
        "",
    ],
)
def test_private_addresses_and_odd_schemes_are_never_called(url: str, reached_out: list[str]) -> None:
    with pytest.raises(net.NotSent):
        net.call("GET", url, deadline_s=10)
    assert reached_out == []


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::8.8.8.8"])
def test_a_public_address_is_called(address: str) -> None:
    assert net.is_public(address)


def test_trust_is_for_one_origin_only(rogue: Rogue) -> None:
    with pytest.raises(net.NotSent):
        net.call("GET", rogue.url, trusted=frozenset({rogue.url + "0", "https" + rogue.url[4:]}))
    assert rogue.requests == []


def test_a_name_is_checked_after_it_is_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: inside)
    with pytest.raises(net.NotSent, match="public"):
        net.call("GET", "http://harmless.example/", deadline_s=10)


def test_a_resolver_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: over.wait(30) and [])
    began = time.monotonic()
    try:
        with pytest.raises(net.NotSent, match="resolve"):
            net.call("GET", "http://slow.example/", deadline_s=0.3)
        assert time.monotonic() - began < LATE_S
    finally:
        over.set()


def test_tls_does_not_take_the_line_from_the_watchdog(tmp_path: Path) -> None:
    pem = certificate(tmp_path)

    def drip(line: socket.socket) -> None:
        wrapped = tls(pem).wrap_socket(line, server_side=True)
        say(b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * DRIPS, pause=0.1)(wrapped)

    for behave, fault, deadline_s in ((drip, net.Unsure, 2.0), (say_nothing, net.NotSent, 0.6)):
        with a_rude_server(behave) as port:
            origin = f"https://localhost:{port}"
            began = time.monotonic()
            with pytest.raises(fault):
                net.call(
                    "GET", f"{origin}/x", deadline_s=deadline_s, trusted=frozenset({origin}), ca_file=str(pem)
                )
            assert time.monotonic() - began < LATE_S


def test_a_name_nobody_knows_is_surely_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(net.NotSent, match="resolve"):
        net.call("GET", "http://nobody.example/", deadline_s=10)


def test_without_a_trusted_certificate_nothing_is_sent(tmp_path: Path, rogue: Rogue) -> None:
    heard: list[bytes] = []

    def listen(line: socket.socket) -> None:
        heard.append(tls(certificate(tmp_path)).wrap_socket(line, server_side=True).recv(100))

    with a_rude_server(listen) as port:
        origin = f"https://localhost:{port}"
        with pytest.raises(net.NotSent, match="TLS"):
            net.call("GET", f"{origin}/x", deadline_s=1, trusted=frozenset({origin}))
    assert not any(heard)
    rogue.behave = say(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    origin = rogue.url.replace("http:", "https:")
    with pytest.raises(net.NotSent, match="TLS"):  # a server that speaks no TLS
        net.call("GET", f"{origin}/x", deadline_s=1, trusted=frozenset({origin}))
