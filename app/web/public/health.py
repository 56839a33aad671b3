"""Whether the process lives and whether the whole is ready, for supervisors and people with a terminal."""

from __future__ import annotations

import structlog
from flask import current_app
from flask.typing import ResponseReturnValue

from app.kit import redis_ping
from app.messages import clock_work
from app.web.doors import door
from app.web.public.blueprint import bp

CLOCK_FRESH_S = 90
log = structlog.get_logger()


@door(bp, "/healthz", audience="public")
def healthz() -> ResponseReturnValue:
    """Answer as long as the process can answer at all."""
    return {"ok": True}


@door(bp, "/readyz", audience="public")
def readyz() -> ResponseReturnValue:
    """Answer 200 when the database and the queue answer and the clock was seen in the last 90 s; else 503.

    Without a Redis the clock drains the rows itself, so a missing queue is no reason not to be ready.
    """
    redis_url = current_app.config["DANGOL"].redis_url
    queue = redis_ping.answers(redis_url) if redis_url else None
    try:
        age = clock_work.clock_age_s()
        database = True
    except Exception:  # whatever the driver says, the answer here is "not ready", with the reason in the log
        log.exception("readyz: the database does not answer")
        age, database = None, False
    clock = age is not None and age < CLOCK_FRESH_S
    ready = database and queue is not False and clock
    parts = {"database": database, "queue": queue, "clock_age_s": None if age is None else round(age, 1)}
    return {"ready": ready, **parts}, 200 if ready else 503
