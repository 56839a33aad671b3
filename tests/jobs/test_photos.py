"""Photos reach the worker through the clock, and the clock makes them itself when Redis is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.extensions import db
from app.jobs import queue, tasks, tick
from app.jobs.tick import Clock as Ticker
from app.kit import images
from app.kit.images import Made
from app.reviews.models import Photo
from launch.testbed import ValkeyServer, valkey_server
from tests import factories
from tests.asks import an_ask, pick
from tests.factories import AShop
from tests.world import Clock
from worker import DrainWorker

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with valkey_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _running() -> Iterator[None]:
    tasks.stopping.clear()
    yield
    tasks.stopping.clear()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    def remake(_source: Path, desk: Path) -> Made:
        for name in ("large", "small"):
            (desk / name).write_bytes(b"RIFF")
        return Made(desk / "large", desk / "small", 40, 30)

    monkeypatch.setattr(images, "remake", remake)


def state_of(ref: str) -> str:
    db.session.rollback()
    return str(db.session.scalar(db.select(Photo.state).where(Photo.ref == ref)))


def test_a_waiting_photo_wakes_a_worker_that_makes_it(
    app: Flask, clock: Clock, shop: AShop, valkey: ValkeyServer
) -> None:
    ref = pick(an_ask(shop, factories.a_customer(shop)))
    ticker = Ticker(app, valkey.url)
    ticker.tick()
    ticker.tick()
    connection = queue.connect(valkey.url)
    assert queue.drain_queue(connection, queue.PHOTO_QUEUE).count == 1
    assert state_of(ref) == "waiting"
    DrainWorker(app, valkey.url).work(burst=True, logging_level="CRITICAL")
    assert state_of(ref) == "ready"
    assert queue.drain_queue(connection, queue.PHOTO_QUEUE).count == 0
    connection.close()
    ticker.redis.close()  # type: ignore[union-attr]


def test_without_redis_the_clock_makes_it(app: Flask, clock: Clock, shop: AShop) -> None:
    ref = pick(an_ask(shop, factories.a_customer(shop)))
    Ticker(app, None).tick()
    assert state_of(ref) == "ready"


def test_a_worker_that_never_comes_is_not_waited_for(
    app: Flask, clock: Clock, shop: AShop, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = pick(an_ask(shop, factories.a_customer(shop)))
    ticker = Ticker(app, valkey.url)
    ticker.tick()
    assert state_of(ref) == "waiting"
    monkeypatch.setattr(tick, "PATIENCE_S", -1.0)
    ticker.tick()
    assert state_of(ref) == "ready"
    ticker.redis.close()  # type: ignore[union-attr]


def test_work_ends_between_two_photos(app: Flask, clock: Clock, shop: AShop) -> None:
    ref = pick(an_ask(shop, factories.a_customer(shop)))
    tasks.stopping.set()
    assert tasks.make_photos() == {}
    assert state_of(ref) == "waiting"
