"""Redis frozen, killed, restarted empty: the worker lives, nothing is lost, and it stops when asked to (F03, F04)."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.jobs import queue
from app.messages.models import Message
from launch.testbed import valkey_server
from tests import factories
from tests.faults.arena import Arena
from tests.migrated import Migrated

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def arena(tmp_path: Path, db_kind: str, migrated: Migrated) -> Iterator[Arena]:
    with valkey_server() as valkey:
        made = Arena(tmp_path, migrated(db_kind, tmp_path / "faults.db"), valkey, seed=3, share=0.0, people=1)
        try:
            yield made
        finally:
            valkey.process.send_signal(signal.SIGCONT)
            made.stop()


def until(what: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def waiting(arena: Arena) -> int:
    """Return how many letters have not been sent yet."""
    with arena.app.app_context():
        db.session.rollback()
        found = db.session.scalar(select(func.count()).where(Message.state != "sent"))
        db.session.remove()
        return int(found or 0)


def somebody_waits(url: str) -> bool:
    """Say whether a worker has come back to this Redis: it is blocked there until something is in its queue."""
    connection = queue.connect(url)
    try:
        return any("b" in client["flags"] for client in connection.client_list())
    finally:
        connection.close()


def one_more(arena: Arena) -> None:
    """Let somebody join with every consent: two letters for the phone."""
    with arena.app.app_context():
        from app.shops import queries as shops

        shop = shops.first_shop()
        assert shop is not None
        known = factories.AShop(shop.id, shop.code, shop.name, shops.owner_of(shop.id) or 0)
        factories.a_customer(known, name="새손님", phone=factories.a_number(), agrees="all")
        db.session.remove()


@pytest.mark.parametrize("fault", ["frozen", "killed"])
def test_letters_go_out_without_redis_and_the_worker_stops_when_asked(arena: Arena, fault: str) -> None:
    arena.start("worker-0")
    until(lambda: waiting(arena) == 0)
    assert arena.valkey is not None
    if fault == "frozen":
        arena.valkey.process.send_signal(signal.SIGSTOP)
    else:
        arena.valkey.kill()
    one_more(arena)
    assert waiting(arena) > 0
    until(lambda: waiting(arena) == 0)
    worker = arena.running["worker-0"]
    assert worker.poll() is None
    worker.terminate()
    assert worker.wait(15) == 0  # Redis itself is waited for longer


def test_a_redis_restarted_empty_is_served_again(arena: Arena) -> None:
    arena.start("worker-0")
    until(lambda: waiting(arena) == 0)
    assert arena.valkey is not None
    arena.valkey.kill()
    time.sleep(0.5)
    arena.valkey.start()
    url = arena.valkey.url
    until(lambda: somebody_waits(url))
    log = arena.folder / "worker-0.log"
    for _ in range(5):
        before = log.read_text().count("drained_by_the_clock")
        one_more(arena)
        until(lambda: waiting(arena) == 0)
        assert arena.running["worker-0"].poll() is None
        if log.read_text().count("drained_by_the_clock") == before:
            return  # the queue did it; on a busy machine its stand-in, who waits two seconds, may come before it
    raise AssertionError("the queue is not served")
