"""A worker that is asked to stop while Redis is frozen stops, whatever RQ was saying to it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask

import worker
from app.jobs import queue, tasks
from launch.testbed import ValkeyServer, valkey_server

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with valkey_server() as server:
        try:
            yield server
        finally:
            server.process.send_signal(signal.SIGCONT)


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """Put this process's handlers back, and let the next worker begin."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)
    tasks.stopping.clear()


@pytest.mark.parametrize("saying", ["what came of a job", "good morning"])
def test_it_does_not_wait_for_redis(
    app: Flask, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch, saying: str
) -> None:
    frozen = threading.Event()

    def freeze() -> None:
        valkey.process.send_signal(signal.SIGSTOP)
        frozen.set()

    monkeypatch.setattr(tasks, "drain", freeze)
    if saying == "good morning":
        freeze()
    else:
        assert queue.wake(queue.connect(valkey.url))
    thawed = threading.Event()

    def ask() -> None:
        assert frozen.wait(30)
        time.sleep(1)  # by now it waits for an answer
        os.kill(os.getpid(), signal.SIGTERM)
        if not ended.wait(worker.WORKER_TTL_S / 2):
            thawed.set()
            valkey.process.send_signal(signal.SIGCONT)

    ended = threading.Event()
    asking = threading.Thread(target=ask)
    asking.start()
    try:
        worker.serve(app, valkey.url)
    finally:
        ended.set()
        asking.join()
    assert not thawed.is_set(), "it waited for a Redis that does not answer"
