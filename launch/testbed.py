"""Real servers for tests: a Valkey and a PostgreSQL of their own, gone when the test run is gone.

Both may be used from several test processes at once: each gets a server of its own, unless
TEST_POSTGRES_URL or TEST_REDIS_URL names one that runs already.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from launch import debian, kinship, valkey
from launch.refusal import CannotRun

START_SECONDS = 60.0
ROOM_BYTES = 3 * 1024**3
# Durable enough for a killed process, not for a lost machine: that is all a test can do to it.
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "",
    "logging_collector": "off",
    "log_min_messages": "fatal",
}

# Where the cluster lies in memory it keeps little of what it wrote on the way.
IN_MEMORY = {"max_wal_size": "64MB", "min_wal_size": "32MB"}


@dataclass
class ValkeyServer:
    """A running Valkey; `url` is for redis-py. The process may be killed and started again by a test."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def socket(self) -> Path:
        """The unix socket it listens on."""
        return self.folder / "v.sock"

    @property
    def url(self) -> str:
        """The address of database 0."""
        return valkey.socket_url(self.socket)

    def start(self) -> None:
        """Start it again, empty, after it was killed."""
        self.process = _start_valkey(self.folder)

    def kill(self) -> None:
        """Kill it at once (SIGKILL) and wait for the end."""
        self.process.kill()
        self.process.wait()


@contextmanager
def valkey_server() -> Iterator[ValkeyServer]:
    """Run a Valkey without persistence on a private unix socket."""
    with tempfile.TemporaryDirectory(prefix="dangol-v-", dir=_short_tmp()) as made:
        server = ValkeyServer(Path(made), _start_valkey(Path(made)))
        try:
            yield server
        finally:
            _end(server.process, signal.SIGKILL)


@dataclass
class PostgresServer:
    """A running PostgreSQL cluster; hands out empty databases."""

    folder: Path | None  # of the cluster's data and socket; None when somebody else runs it
    admin: str  # a psycopg conninfo of a superuser
    process: subprocess.Popen[bytes] | None = None
    _made: list[str] = field(default_factory=list)

    def create_database(self, template: str | None = None) -> str:
        """Create a database, empty or a copy of `template` (a name nobody is connected to); return its name."""
        name = f"t_{secrets.token_hex(6)}"
        copied = f' TEMPLATE "{template}"' if template else ""
        self._execute(f'CREATE DATABASE "{name}"{copied}')
        self._made.append(name)
        return name

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address (psycopg 3) of one of its databases."""
        known = psycopg.conninfo.conninfo_to_dict(self.admin)
        port = f"&port={known['port']}" if known.get("port") else ""
        password = f":{known['password']}" if known.get("password") else ""
        return f"postgresql+psycopg://{known['user']}{password}@/{database}?host={known['host']}{port}"

    def drop_database(self, database: str) -> None:
        """Drop a database and whoever is connected to it."""
        self._execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        if database in self._made:
            self._made.remove(database)

    def restart(self, *, immediate: bool = False) -> None:
        """Stop and start it; `immediate` is a crash followed by recovery. Only for a server of our own."""
        assert self.folder is not None and self.process is not None
        _end(self.process, signal.SIGQUIT if immediate else signal.SIGINT)
        self.process = _start_postgres(self.folder, self.admin)

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgres_server(room: str | None = None) -> Iterator[PostgresServer]:
    """Run a private cluster on a unix socket; with TEST_POSTGRES_URL use that server's databases instead.

    `room`: the folder in which the cluster's lies, /tmp as a rule.
    Raises CannotRun when PostgreSQL is not installed.
    """
    if given := os.environ.get("TEST_POSTGRES_URL"):
        server = PostgresServer(None, given.replace("postgresql+psycopg://", "postgresql://"))
        try:
            yield server
        finally:
            for name in list(server._made):
                server.drop_database(name)
        return
    folder = Path(tempfile.mkdtemp(prefix="dangol-pg-", dir=room or _short_tmp()))
    try:
        admin = psycopg.conninfo.make_conninfo(host=str(folder), user="postgres", dbname="postgres")
        _make_cluster(folder)
        server = PostgresServer(folder, admin, _start_postgres(folder, admin))
        try:
            yield server
        finally:
            assert server.process is not None
            _end(server.process, signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start_valkey(folder: Path) -> subprocess.Popen[bytes]:
    socket = folder / "v.sock"
    socket.unlink(missing_ok=True)
    process = subprocess.Popen(
        valkey.command(socket, folder, keep=False),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=kinship.dying_with(os.getpid(), signal.SIGKILL),
    )
    with redis.Redis(unix_socket_path=str(socket)) as client:
        _wait(lambda: bool(client.ping()), redis.RedisError, process)
    return process


def _make_cluster(folder: Path) -> None:
    binaries = debian.postgres_bin()
    if binaries is None:
        raise CannotRun("PostgreSQL is not installed: sudo apt-get install postgresql-15")
    user = _postgres_user()
    if user:
        shutil.chown(folder, user)
    initdb = [
        str(binaries / "initdb"),
        "--pgdata",
        str(folder / "data"),
        "--username=postgres",
        "--auth=trust",
    ]
    made = subprocess.run(
        [*initdb, "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"],
        user=user,
        group=_group(user),
        extra_groups=[] if user else None,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if made.returncode:
        raise CannotRun(f"PostgreSQL's initdb failed: {made.stderr.strip()}")


def _start_postgres(folder: Path, admin: str) -> subprocess.Popen[bytes]:
    binaries = debian.postgres_bin()
    assert binaries is not None
    user = _postgres_user()
    chosen = QUICK if str(folder.parent) == _short_tmp() else QUICK | IN_MEMORY
    settings = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    process = subprocess.Popen(
        [binaries / "postgres", "-D", folder / "data", "-k", folder, *settings],
        user=user,
        group=_group(user),
        extra_groups=[] if user else None,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Runs after the user was changed, which would have cleared it (prctl(2)).
        preexec_fn=kinship.dying_with(os.getpid(), signal.SIGQUIT),
    )

    def answers() -> bool:
        with psycopg.connect(admin, connect_timeout=5):
            return True

    _wait(answers, psycopg.OperationalError, process)
    return process


def _wait(answers: Callable[[], bool], not_yet: type[Exception], process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            if answers():
                return
        except not_yet:
            if process.poll() is not None or time.monotonic() > until:
                raise
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes], signal_number: int) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)  # a test may have frozen it
        process.send_signal(signal_number)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _postgres_user() -> str | None:
    """PostgreSQL refuses to run as root; its Debian package brings a user."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise CannotRun("PostgreSQL needs the user postgres: sudo apt-get install postgresql-15") from None


def _group(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None


def memory() -> str | None:
    """Return a folder in memory with room for what tests write, or None: each commit on a disk waits for the disk.

    In a container it is often small, and programs may not be run from there.
    """
    folder = "/dev/shm"
    try:
        facts = os.statvfs(folder)
    except OSError:
        return None
    roomy = facts.f_bavail * facts.f_frsize > ROOM_BYTES and not facts.f_flag & os.ST_NOEXEC
    return folder if roomy and os.access(folder, os.W_OK) else None


def _short_tmp() -> str:
    # Unix sockets have paths of at most 107 bytes (unix(7)).
    return "/tmp" if os.access("/tmp", os.W_OK) else tempfile.gettempdir()
