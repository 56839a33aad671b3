"""S16: whatever is pushed into Redis, only our own task runs, and nothing beside it."""

from __future__ import annotations

import json
import os
import pickle
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer
from redis import Redis
from rq.job import Job

from app.jobs import queue, tasks
from launch.testbed import ValkeyServer, valkey_server
from worker import DrainWorker

pytestmark = pytest.mark.databases("sqlite")
MARKER = "S16_MARKER"


@pytest.fixture(scope="module")
def valkey() -> Iterator[ValkeyServer]:
    with valkey_server() as server:
        yield server


@pytest.fixture
def redis(valkey: ValkeyServer) -> Iterator[Redis]:
    client = queue.connect(valkey.url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the one allowed task did; RQ finds it by its dotted name."""
    calls: list[str] = []
    monkeypatch.setattr(tasks, "drain", lambda: calls.append("drain"))
    return calls


def work(app: Flask, url: str) -> None:
    DrainWorker(app, url).work(burst=True, logging_level="CRITICAL")


def push(redis: Redis, job_id: str, data: bytes, **fields: str) -> None:
    """Write a job as somebody who reached Redis would."""
    redis.hset(
        f"rq:job:{job_id}",
        mapping={
            "data": data,
            "created_at": "2026-11-23T05:00:00.000000Z",
            "origin": queue.QUEUE,
            "status": "queued",
            "timeout": "30",
            **fields,
        },
    )
    redis.sadd("rq:queues", f"rq:queue:{queue.QUEUE}")
    redis.rpush(f"rq:queue:{queue.QUEUE}", job_id)


def call_of(name: str, *args: Any, instance: Any = None, **kwargs: Any) -> bytes:
    return zlib.compress(json.dumps([name, instance, list(args), kwargs]).encode())


class Bomb:
    """Runs a command when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, (f"touch {self.target}",))


def test_ours_runs(app: Flask, redis: Redis, valkey: ValkeyServer, ran: list[str]) -> None:
    assert queue.wake(redis)
    assert queue.wake(redis)  # one is enough
    assert queue.drain_queue(redis).count == 1
    work(app, valkey.url)
    assert ran == ["drain"]


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "subprocess.call",
        "app.jobs.queue.connect",
        "app.jobs.tasks.look_up_unknown",
        "builtins.eval",
    ],
)
def test_an_unlisted_function_does_not_run(
    app: Flask, redis: Redis, valkey: ValkeyServer, ran: list[str], tmp_path: Path, name: str
) -> None:
    target = tmp_path / MARKER
    push(redis, "bad", call_of(name, f"touch {target}"))
    assert queue.drain_queue(redis).enqueue_call(queue.DRAIN, result_ttl=0)
    work(app, valkey.url)
    assert not target.exists()
    assert ran == ["drain"]
    assert Job(id="bad", connection=redis).get_status() == "failed"


@pytest.mark.parametrize(
    "data",
    [
        call_of(queue.DRAIN, "../../etc/passwd"),
        call_of(queue.DRAIN, True),
        call_of(queue.DRAIN, [1]),
        call_of(queue.DRAIN, limit=5),
        call_of("drain", instance="app.jobs.tasks"),
        b"no json at all",
        zlib.compress(b"[]"),
        zlib.compress(b'{"a": 1}'),
    ],
)
def test_only_ids_travel(app: Flask, redis: Redis, valkey: ValkeyServer, ran: list[str], data: bytes) -> None:
    push(redis, "bad", data)
    queue.drain_queue(redis).enqueue_call(queue.DRAIN, result_ttl=0)
    work(app, valkey.url)
    assert ran == ["drain"]


@pytest.mark.parametrize("field", ["data", "meta", "result"])
def test_a_pickle_is_not_read(
    app: Flask, redis: Redis, valkey: ValkeyServer, ran: list[str], tmp_path: Path, field: str
) -> None:
    target = tmp_path / MARKER
    bomb = pickle.dumps(Bomb(target))
    good = call_of(queue.DRAIN)
    push(redis, "bad", bomb if field == "data" else good, **({} if field == "data" else {field: bomb}))
    work(app, valkey.url)
    assert not target.exists()


@pytest.mark.parametrize("which", ["success", "failure", "stopped"])
def test_a_poisoned_callback_does_not_run(
    app: Flask,
    redis: Redis,
    valkey: ValkeyServer,
    ran: list[str],
    which: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called: list[Any] = []
    monkeypatch.setattr(os, "system", lambda *args: called.append(args))
    name = queue.DRAIN if which == "success" else "os.system"
    push(redis, "bad", call_of(name), **{f"{which}_callback_name": "os.system"})
    work(app, valkey.url)
    assert called == []


def test_a_webhook_is_not_called(
    app: Flask, redis: Redis, valkey: ValkeyServer, ran: list[str], httpserver: HTTPServer
) -> None:
    hooks = [
        {
            "url": httpserver.url_for(f"/{status}"),
            "job_status": status,
            "method": "POST",
            "headers": None,
            "timeout": 2,
        }
        for status in ("finished", "failed")
    ]
    push(redis, "good", call_of(queue.DRAIN), webhooks=json.dumps(hooks))
    push(redis, "bad", call_of("os.system", "true"), webhooks=json.dumps(hooks))
    work(app, valkey.url)
    assert ran == ["drain"]
    assert httpserver.log == []


def test_a_repeat_runs_once(app: Flask, redis: Redis, valkey: ValkeyServer, ran: list[str]) -> None:
    push(redis, "again", call_of(queue.DRAIN), repeats_left="5", repeat_intervals="[0]", retries_left="5")
    work(app, valkey.url)
    assert ran == ["drain"]


def test_commands_over_redis_are_not_heard(app: Flask, redis: Redis, valkey: ValkeyServer) -> None:
    worker = DrainWorker(app, valkey.url)
    worker.bootstrap("CRITICAL")
    assert redis.publish(worker.pubsub_channel_name, json.dumps({"command": "shutdown"})) == 0
    worker.teardown()


def test_waking_says_no_when_redis_is_away(tmp_path: Path) -> None:
    assert not queue.wake(queue.connect(f"unix://{tmp_path}/nobody.sock"))
