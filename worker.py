"""The worker: serves the queue, and its clock thread ticks. Started by `make run` as `python worker.py`.

Jobs run in this very process (RQ's SimpleWorker), see docs/decisions/worker-without-a-fork.md.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from sqlalchemy.orm import configure_mappers

from app import create_app
from app.jobs import queue, tasks
from app.jobs.tick import Clock
from app.kit.uncollected import keep_what_is_here
from config import BadSettings, load_config

log = structlog.get_logger("worker")

# Seconds RQ thinks a silent worker lives; it waits for the next job for 15 less.
WORKER_TTL_S = 25
AFTER_FAILURE_S = 2.0
LAST_WORDS_S = 0.3  # whoever asked us to stop kills us after five seconds


class DrainWorker(SimpleWorker):
    """RQ's worker without a fork, without remote commands, with our signals and one context a job."""

    def __init__(self, app: Flask, url: str) -> None:
        connection = queue.connect_for_jobs(url, wait_s=WORKER_TTL_S - 5)
        super().__init__(
            queue.served(connection),
            connection=connection,
            job_class=queue.ListedJob,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL_S,
            log_job_description=False,
        )
        self.app = app
        self.url = url
        self.is_busy = False

    @property
    def connection_timeout(self) -> int:
        """Leave the connection's patience as it is: RQ would wait for every answer as long as for a job."""
        return 0

    def subscribe(self) -> None:
        """Take no commands over Redis (rq would obey "shutdown" and "stop-job" from anybody there)."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed."""

    def teardown(self) -> None:
        """Say goodbye, for a moment at most: a frozen Redis must not keep us from stopping."""
        self.connection.close()
        self.connection = queue.connect(self.url, answer_s=LAST_WORDS_S)
        try:
            super().teardown()
        except (RedisError, OSError) as fault:
            log.warning("left_without_goodbye", fault=type(fault).__name__)
        finally:
            self.connection.close()

    def _install_signal_handlers(self) -> None:
        """Keep ours: RQ's would talk to Redis inside a signal handler, and Redis may be frozen."""

    def execute_job(self, job: Any, queue: Any) -> None:
        """Run one job inside an application context of its own."""
        self.is_busy = True
        try:
            with self.app.app_context():
                super().execute_job(job, queue)
        finally:
            self.is_busy = False
        if tasks.stopping.is_set():
            raise StopRequested


def serve(app: Flask, redis_url: str | None) -> None:
    """Serve the queue until the process is asked to stop, through every loss of Redis."""
    serving: list[DrainWorker] = []

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if tasks.stopping.is_set():
            return  # asked twice: we are on our way
        tasks.stopping.set()
        if not (serving and serving[0].is_busy):  # a job ends by itself, between two messages
            raise StopRequested

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        while redis_url and not tasks.stopping.is_set():
            try:
                serving[:] = [DrainWorker(app, redis_url)]
                serving[0].work(logging_level="WARNING")
            except (RedisError, OSError, ValueError) as fault:
                log.warning("queue_is_away", fault=type(fault).__name__)
            serving.clear()
            tasks.stopping.wait(AFTER_FAILURE_S)
        tasks.stopping.wait()
    except StopRequested:
        tasks.stopping.set()


def look_first(app: Flask) -> None:
    """Find out whether the database was put back from a backup: until that is known nothing is sent."""
    while not tasks.stopping.is_set():
        try:
            with app.app_context():
                tasks.look_for_restore()
        except Exception as fault:  # the database may be away for a while
            log.error("look_failed", fault=type(fault).__name__)
            tasks.stopping.wait(AFTER_FAILURE_S)
        else:
            return


def main() -> int:
    """Run the worker; returns the exit status (2 for wrong settings)."""
    try:
        config = load_config()
    except BadSettings as wrong:
        for sentence in wrong.sentences:
            print(sentence, file=sys.stderr)
        return 2
    app = create_app(config)
    configure_mappers()
    keep_what_is_here()
    look_first(app)
    clock = Clock(app, config.redis_url)
    clock.start()
    log.info("worker_started", pid=os.getpid(), queue=bool(config.redis_url))
    serve(app, config.redis_url)
    # The clock may be in the middle of a provider call; its lease tells the next one what happened.
    clock.join(timeout=3.0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
