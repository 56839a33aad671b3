"""`make run` as real processes: links, ends, deaths, crashes, what stops it from starting."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT
from launch import checks, testbed
from launch.refusal import CannotRun
from tests.launch.product import Product, clean_env, free_port, wait_until_gone

CHILDREN = ["valkey", "web", "worker"]


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """Yield a running product without the demo shop, and end it."""
    running = Product(tmp_path / "data", free_port())
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


def refused(**settings: str) -> list[str]:
    """Start the product with these settings and return the lines with which it refused."""
    done = subprocess.run(
        [sys.executable, "-m", "launch.run"],
        cwd=ROOT,
        env=clean_env(**settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_start_links_and_sigterm_that_lets_an_answer_be_given(product: Product) -> None:
    link = product.wait_for("setup     ")
    assert link.startswith(f"setup     http://127.0.0.1:{product.port}/setup/")
    connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=60)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    connection.close()
    pids = [product.pid_of(name) for name in CHILDREN]
    # A second supervisor on the same data folder is told so and changes nothing.
    secrets = secrets_of(product)
    lines = refused(DATA=str(product.data), PORT=str(free_port()))
    assert len(lines) == 1
    assert f"already runs on the data folder {product.data}" in lines[0]
    assert secrets_of(product) == secrets

    # A request half sent when the end is asked for still gets its whole answer.
    with socket.create_connection(("127.0.0.1", product.port), timeout=60) as phone:
        phone.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        until_it_was_read(phone)
        product.process.send_signal(signal.SIGTERM)
        product.wait_for("SIGTERM received")
        time.sleep(0.5)  # the web was told as well by now; if it was not, this sees less, and nothing wrong
        phone.sendall(b"Connection: close\r\n\r\n")
        assert phone.recv(100).startswith(b"HTTP/1.1 200 ")
    assert product.wait() == 0

    wait_until_gone(pids)
    ends = [line for line in product.lines if "stopped (rc=" in line]
    assert "valkey stopped" in ends[-1], "Valkey ends last: the others may still write to it"
    assert list((product.data / "run").glob("*.json")) == []
    assert not checks.socket_folder(product.data).exists()


def until_it_was_read(phone: socket.socket, seconds: float = 30) -> None:
    """Wait until the other end has taken everything out of its buffer that was sent (proc(5), /proc/net/tcp)."""
    here, there = (f":{end[1]:04X}" for end in (phone.getsockname(), phone.getpeername()))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            _number, local, remote, _state, queues, *_rest = line.split()
            if local.endswith(there) and remote.endswith(here) and queues.endswith(":00000000"):
                return
        time.sleep(0.02)
    raise AssertionError("nobody read what was sent")


def secrets_of(product: Product) -> dict[str, bytes]:
    """Return what lies in the folder of secrets, which nobody else may read."""
    secrets = product.data / "secrets"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    found = {file.name: file.read_bytes() for file in secrets.iterdir()}
    assert set(found) == {"secret.key", "master.key", "vapid_private.pem", "vapid_public.txt"}
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in secrets.iterdir())
    return found


def test_it_ends_although_nobody_reads_its_lines_any_more(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "launch.run"],
        cwd=ROOT,
        env=clean_env(DATA=str(tmp_path / "data"), PORT=str(free_port())),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert any(line.startswith("setup") for line in process.stdout)
    process.stdout.close()
    try:
        process.send_signal(signal.SIGINT)  # SIGTERM ends the product of the test above
        assert process.wait(90) == 0
    finally:
        process.kill()


def dies(product: Product, name: str, children: list[str] = CHILDREN) -> None:
    """Kill one of a running product's processes, and see that the others end too and that it is said who fell.

    A start takes longer than everything else here: each of them falls in the product of another test.
    """
    pids = [product.pid_of(child) for child in children]
    os.kill(product.pid_of(name), signal.SIGKILL)
    assert product.wait() == 1
    wait_until_gone(pids)
    assert product.lines[-1].startswith(
        f"{name} was killed by signal 9 (SIGKILL), so everything was stopped."
    )


def test_killed_supervisor_leaves_nobody_and_the_next_start_works_until_one_death_stops_all(
    product: Product,
) -> None:
    product.wait_for("setup     ")
    secrets = secrets_of(product)
    pids = [product.pid_of(child) for child in CHILDREN]
    product.process.kill()
    assert product.wait() == -signal.SIGKILL
    # At once: the children may still be ending and hold the port.
    again = Product(product.data, product.port)
    try:
        again.wait_for("setup     ")
        wait_until_gone(pids)
        assert secrets_of(again) == secrets
        dies(again, "valkey")
    finally:
        if again.process.poll() is None:
            again.stop()


STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
LONG = "import time; time.sleep(600)"
SHORT = "import time; time.sleep(1); raise SystemExit(3)"


@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        (
            {"long": [sys.executable, "-c", LONG], "gone": ["/no/such/program"]},
            "gone ended by itself with exit code 127",
        ),
        (
            {"short": [sys.executable, "-c", SHORT], "stubborn": [sys.executable, "-c", STUBBORN]},
            "short ended by itself with exit code 3",
        ),
    ],
)
def test_it_always_comes_to_an_end(tmp_path: Path, commands: dict[str, list[str]], sentence: str) -> None:
    """A program that is not there, and one that does not listen: neither hangs the supervisor."""
    script = (
        "import os, sys; from pathlib import Path; from launch.supervisor import Supervisor\n"
        f"s = Supervisor(Path({str(tmp_path)!r}), last='stubborn')\n"
        f"for name, command in {commands!r}.items(): s.keep(name, command, dict(os.environ), Path('.'))\n"
        "code = s.run(lambda: None); print(*s.fallen); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert sentence in done.stdout.splitlines()[-1]


def test_postgresql_and_another_redis_replace_the_embedded_ones(tmp_path: Path) -> None:
    with testbed.postgres_server() as postgres, testbed.valkey_server() as redis:
        address = postgres.url(postgres.create_database())
        product = Product(tmp_path, free_port(), DATABASE_URL=address, REDIS_URL=redis.url)
        try:
            product.wait_for("setup     ")
            assert not any("valkey" in line for line in product.lines)
            assert not (tmp_path / "dangol.db").exists()
            assert not (tmp_path / "valkey").exists()
            dies(product, "worker", ["web", "worker"])
        finally:
            if product.process.poll() is None:
                product.stop()


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        lines = refused(DATA="/proc/dangol", PORT=str(port), DEMO="perhaps", PUBLIC_URL="https://a.b/c")
    assert len(lines) == 4
    text = "\n".join(lines)
    assert "DEMO=perhaps is neither 1 nor 0." in text
    assert "PUBLIC_URL must be only scheme and host" in text
    assert "The data folder /proc/dangol cannot be written" in text
    assert f"Port {port} on 127.0.0.1 is used by another program." in text


def test_services_that_do_not_answer_are_one_line_each(tmp_path: Path) -> None:
    nobody = free_port()
    lines = refused(
        DATA=str(tmp_path),
        PORT=str(free_port()),
        DATABASE_URL=f"postgresql://owner:hunter2@127.0.0.1:{nobody}/dangol",
        REDIS_URL=f"redis://:hunter2@127.0.0.1:{nobody}/0",
    )
    assert len(lines) == 2
    assert lines[0].startswith("DATABASE_URL: PostgreSQL on 127.0.0.1 does not let us in (")
    assert lines[1].startswith("REDIS_URL: Redis on 127.0.0.1 does not answer (")
    assert "hunter2" not in "".join(lines)


def test_a_damaged_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "dangol.db").write_bytes(b"this was never a database " * 100)
    lines = refused(DATA=str(tmp_path), PORT=str(free_port()))
    assert lines == [
        f"The database {tmp_path}/dangol.db cannot be opened: file is not a database. Restore it from a backup."
    ]


def test_used_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        lines = refused(DATA=str(tmp_path), PORT=str(port))
    assert lines == [f"Port {port} on 127.0.0.1 is used by another program. Choose another with PORT=…"]


def test_database_without_its_keys_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dangol.db").write_bytes(b"")
    lines = refused(DATA=str(tmp_path), PORT=str(free_port()))
    assert len(lines) == 1
    assert "its keys (secret.key, master.key) are missing" in lines[0]
    assert not (tmp_path / "secrets").exists()


def test_web_without_secrets_refuses_with_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env=clean_env(DATA=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Run `make run` once, or restore them from a backup." in done.stderr


def test_somebody_elses_socket_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "sockets"
    checks.make_private(folder)
    checks.make_private(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o777)
    with pytest.raises(CannotRun, match="open to others"):
        checks.make_private(folder)
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(CannotRun, match="was not made by us"):
        checks.make_private(folder)


def test_tls_serves_https_that_the_local_authority_vouches_for(tmp_path: Path) -> None:
    port = free_port()
    product = Product(tmp_path, port, TLS="1", HOST="127.0.0.1")
    try:
        link = product.wait_for("setup     ")
        assert link.startswith(f"setup     https://127.0.0.1:{port}/setup/")
        trusting = ssl.create_default_context(cafile=tmp_path / "tls" / "ca.crt")
        secure = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=trusting)
        secure.request("GET", "/healthz")
        assert secure.getresponse().status == 200
        secure.close()
        plain = http.client.HTTPConnection("127.0.0.1", port + 1, timeout=60)
        plain.request("GET", "/ca.crt")
        assert plain.getresponse().read() == (tmp_path / "tls" / "ca.crt").read_bytes()
        plain.request("GET", "/ca.key")
        assert plain.getresponse().status == 404
        plain.close()
        dies(product, "web", [*CHILDREN, "certificate"])
    finally:
        if product.process.poll() is None:
            product.stop()
