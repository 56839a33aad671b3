"""The queue only says "wake up". What may run is listed here, and only ids travel (S16).

Whoever can write into Redis can write a job; so a job's function must be on the list, its arguments must
be small numbers, and callbacks, webhooks and repeats are thrown away when a job is read back.
"""

from __future__ import annotations

from typing import Any

from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

QUEUE = "drain"
DRAIN = "app.jobs.tasks.drain"
NOTIFY_QUEUE = "notifications"
RING_STAFF = "app.jobs.tasks.ring_staff"
PHOTO_QUEUE = "photos"
MAKE_PHOTOS = "app.jobs.tasks.make_photos"
IMPORT_QUEUE = "imports"
TAKE_IN_FILES = "app.jobs.tasks.take_in_files"
LIST_QUEUE = "lists"
MAKE_LISTS = "app.jobs.tasks.make_lists"
# The one job of each queue: what rings the shop and letters are served before photos, all before files, which take long.
JOBS = {
    NOTIFY_QUEUE: RING_STAFF,
    QUEUE: DRAIN,
    PHOTO_QUEUE: MAKE_PHOTOS,
    LIST_QUEUE: MAKE_LISTS,
    IMPORT_QUEUE: TAKE_IN_FILES,
}
ALLOWED = frozenset(JOBS.values())

JOB_TIMEOUT_S = 120
FAILURE_TTL_S = 86400
_ANSWER_S = 1.0  # a Redis that takes longer is away, and the clock does the work itself


class JobRefused(Exception):
    """A job that nobody of ours wrote."""


class ListedJob(Job):
    """A job that can only be one of ours."""

    @property
    def func(self) -> Any:
        """Return the function of a listed name. Raises JobRefused for anything else."""
        if self.func_name not in ALLOWED or self.instance is not None:
            raise JobRefused("not on the list")
        if self.kwargs or not all(type(one) is int for one in self.args):
            raise JobRefused("only ids travel")
        return super().func

    def restore(self, raw_data: Any) -> Any:
        """Read a job back without anything that would run besides its function."""
        result = super().restore(raw_data)
        self._success_callback_name = None
        self._failure_callback_name = None
        self._stopped_callback_name = None
        self.webhooks = []
        self.repeats_left = None
        self.retries_left = None
        self.rate_limit_key = None
        self._dependency_ids = []
        return result


def connect(url: str, *, answer_s: float | None = _ANSWER_S) -> Redis:
    """Return a client that gives up after `answer_s` seconds and never retries by itself."""
    client: Redis = Redis.from_url(url, **_patience(answer_s))
    return client


def _patience(answer_s: float | None) -> dict[str, Any]:
    return {
        "socket_timeout": answer_s,
        "socket_connect_timeout": _ANSWER_S,
        "retry": Retry(NoBackoff(), 0),
    }


class JobsRedis(Redis):
    """Waits long for one thing only: for the next job. What RQ writes down after a job is answered soon or never."""

    waiting: Redis

    def blpop(self, keys: Any, timeout: Any = 0) -> Any:
        """Wait for the first job of several queues."""
        return self.waiting.blpop(keys, timeout)

    def close(self) -> None:
        """Hang up on both lines."""
        self.waiting.close()
        super().close()


def connect_for_jobs(url: str, *, wait_s: float) -> JobsRedis:
    """Return a client for a worker, which gives up after `wait_s` seconds where it waits for a job."""
    client = JobsRedis(connection_pool=ConnectionPool.from_url(url, **_patience(_ANSWER_S)))
    client.waiting = connect(url, answer_s=wait_s)
    return client


def drain_queue(connection: Redis, name: str = QUEUE) -> Queue:
    """Return the queue of letters, or the one of that name."""
    return Queue(name, connection=connection, job_class=ListedJob, serializer=JSONSerializer)


def served(connection: Redis) -> list[Queue]:
    """Return the queues a worker serves, the most urgent first."""
    return [drain_queue(connection, name) for name in JOBS]


def wake(connection: Redis, name: str = QUEUE) -> bool:
    """Ask a worker to do a queue's job, unless somebody already did; False when Redis is away, full or frozen."""
    try:
        queue = drain_queue(connection, name)
        if queue.count == 0:
            queue.enqueue_call(JOBS[name], timeout=JOB_TIMEOUT_S, result_ttl=0, failure_ttl=FAILURE_TTL_S)
    except (RedisError, OSError):
        return False
    return True
