"""What every test may ask for. Real databases, real commits, tables wiped after each test."""

from __future__ import annotations

import gc
import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask

from app.kit import passwords
from launch import testbed
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.migrated import Migrated
from tests.phone import Phone
from tests.world import BOTH, Clock

# Rooms whose tests run on SQLite and PostgreSQL; elsewhere @pytest.mark.databases("sqlite", "postgres") says so.
ON_BOTH = ("tests/flows/", "tests/messages/", "tests/jobs/", "tests/migrations/")


def pytest_configure(config: pytest.Config) -> None:
    """Make our own marker known, and let nothing fail for being slow, nor for what was drawn today.

    What is to be found by drawing is looked for in the long run (-m long); here every run draws the same.
    """
    config.addinivalue_line("markers", "databases(*kinds): which databases a test runs on (sqlite, postgres)")
    looks_for_more = config.option.markexpr == "long"
    hypothesis.settings.register_profile(
        "tests",
        deadline=None,  # a busy machine is no fault of the code
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
        derandomize=not looks_for_more,
        database=hypothesis.settings.default.database if looks_for_more else None,
    )
    hypothesis.settings.load_profile("tests")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Let the collector rest while tests are collected: what is made on the way stays, in each of the workers."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the collector pass over what stays until the end: the modules and some thousand tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the databases of every test that uses one."""
    if "db_kind" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("databases")
    here = metafunc.definition.nodeid
    kinds = marker.args if marker else BOTH if here.startswith(ON_BOTH) else ("sqlite",)
    metafunc.parametrize("db_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder for this test process, in memory where there is room: each commit really syncs its file."""
    memory = Path("/dev/shm")
    if not (
        memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 32 * 1024 * 1024
    ):
        yield tmp_path_factory.mktemp("data")
        return
    with tempfile.TemporaryDirectory(prefix="dangol-tests-", dir=memory) as made:
        yield Path(made)


@pytest.fixture(scope="session")
def postgres() -> Iterator[testbed.PostgresServer]:
    """A private PostgreSQL cluster, one for each test process, started when the first test needs it."""
    with testbed.postgres_server(testbed.memory()) as server:
        yield server


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    """Give a new database at the newest step: migrated("sqlite", file), migrated("postgres", file) → its address."""
    own = tmp_path_factory.getbasetemp()
    # The workers of one run have their folders beside each other.
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return Migrated(shared, lambda: request.getfixturevalue("postgres"))


@pytest.fixture(scope="session")
def _rooms(data_dir: Path, migrated: Migrated) -> Iterator[Callable[[str], dict[str, Any]]]:
    """One migrated database and one application for each kind, made once."""
    made: dict[str, dict[str, Any]] = {}
    with ExitStack() as closing:

        def room(kind: str) -> dict[str, Any]:
            if kind not in made:
                env = {"DATABASE_URL": migrated(kind, data_dir / "tests.db")}
                clock = Clock()
                app = world.build(data_dir, clock, **env)
                closing.callback(world.close, app)
                made[kind] = {"env": env, "clock": clock, "app": app, "config": dict(app.config)}
            return made[kind]

        yield room


@pytest.fixture
def app(_rooms: Callable[[str], dict[str, Any]], db_kind: str) -> Iterator[Flask]:
    """The application over an empty, migrated database; its context is open during the test."""
    room = _rooms(db_kind)
    room["clock"].set(world.START)
    # What a fixture and a monkeypatch changed one after the other is not always put back in the other order.
    room["app"].config.clear()
    room["app"].config.update(room["config"])
    with world.opened(room["app"]) as opened:
        yield opened


@pytest.fixture
def clock(_rooms: Callable[[str], dict[str, Any]], db_kind: str, app: Flask) -> Clock:
    """The application's clock: it stands still until it is moved."""
    found: Clock = _rooms(db_kind)["clock"]
    return found


@pytest.fixture
def make_app(
    _rooms: Callable[[str], dict[str, Any]], db_kind: str, app: Flask, clock: Clock, data_dir: Path
) -> Iterator[Callable[..., Flask]]:
    """Build another application over the same database: make_app(PUBLIC_URL="", TLS="1") …"""
    with ExitStack() as closing:

        def make(**env: str) -> Flask:
            made = world.build(data_dir, clock, **{**_rooms(db_kind)["env"], **env})
            closing.callback(world.close, made)
            return made

        yield make


@pytest.fixture
def shop(app: Flask) -> AShop:
    """봄날커피: ten stamps bring an americano."""
    return factories.a_shop("봄날커피")


@pytest.fixture
def other_shop(app: Flask) -> AShop:
    """The neighbour, who must see nothing."""
    return factories.a_shop("옆집미용실", reward_name="앞머리 다듬기")


@pytest.fixture
def owner(shop: AShop) -> int:
    """The staff id of 봄날커피's owner."""
    return shop.owner_id


@pytest.fixture
def jiwoo(shop: AShop) -> ACustomer:
    """지우 left a name, a number and every consent."""
    return factories.a_customer(shop, name="한지우", phone="010-2345-6789", agrees="all")


@pytest.fixture
def minho(shop: AShop) -> ACustomer:
    """민호 has a card without a name."""
    return factories.a_customer(shop)


@pytest.fixture
def phone(app: Flask) -> Phone:
    """A new customer's phone."""
    return Phone(app)


@pytest.fixture
def owner_phone(app: Flask, shop: AShop) -> Phone:
    """The owner's phone, signed in."""
    return Phone(app).signed_in(shop, shop.owner_id)


@pytest.fixture(scope="session", autouse=True)
def real_hasher() -> Iterator[PasswordHasher]:
    """Hash passwords at the least cost: tests sign in some hundred times. Gives the real hasher."""
    real = passwords._hasher, passwords._NOBODY
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._NOBODY = passwords._hasher.hash("nobody has this password")
    yield real[0]
    passwords._hasher, passwords._NOBODY = real


class OutsideWorld(Exception):
    """A test tried to reach something that is not this machine."""


@pytest.fixture(autouse=True)
def reached_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Refuse every connection that leaves this machine, also when the code swallows the refusal."""
    own = _own_addresses()
    real = socket.socket.connect
    tried: list[str] = []

    def connect(self: socket.socket, address: Any) -> Any:
        outside = self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(str(address[0]), own)
        if outside and self.type & socket.SOCK_STREAM:  # a datagram socket's connect sends nothing
            tried.append(f"{address[0]}:{address[1]}")
            raise OutsideWorld(tried[-1])
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    yield tried
    assert not tried, f"the test reached out to {tried}"


def _is_here(host: str, own: set[str]) -> bool:
    if host == "localhost":
        return True
    address = ipaddress.ip_address(host)
    return address.is_loopback or str(address) in own


def _own_addresses() -> set[str]:
    # No packet is sent: connecting a datagram socket only asks the kernel which address would be used.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return {str(probe.getsockname()[0])}
        except OSError:
            return set()
