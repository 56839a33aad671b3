"""The clock: a thread of the worker that looks every two seconds what time it is for whom.

It holds a lease in the database, so only one process ticks. It wakes the workers through Redis; when
Redis is away, or nobody comes, it drains the rows itself: Redis being lost loses nothing.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from flask import Flask

from app.customers import people_files
from app.flows import clock, deliver
from app.flows.unit import end_reading
from app.jobs import queue, tasks
from app.jobs.periodic import PERIODIC
from app.kit.net import boot_clock
from app.messages import clock_work
from app.reviews import photos
from app.shops import notifications
from app.visits import imports
from app.warranties import runs

log = structlog.get_logger(__name__)

TICK_S = 2.0
LEASE_S = 15.0
RENEW_S = 5.0
# Due rows that nobody took for so long after a wake-up are drained here.
PATIENCE_S = 6.0
# Long work looks so often whether something is due meanwhile.
BREATH_S = 5.0
# So often the installation's own mark is renewed, by which a database from a backup is known.
MARK_S = 30.0


class Clock(threading.Thread):
    """The ticking thread. `stop()` ends it after the tick it is in."""

    def __init__(self, app: Flask, redis_url: str | None, *, tick_s: float = TICK_S) -> None:
        super().__init__(name="clock", daemon=True)
        self.app = app
        self.tick_s = tick_s
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.redis = queue.connect(redis_url) if redis_url else None
        self._held_until = 0.0
        self._served_at = 0.0
        self._marked_at = -MARK_S
        self._waiting_since: dict[str, float] = {}

    def run(self) -> None:
        """Tick until the process stops. A failed tick is told and the next one tries again."""
        while not tasks.stopping.wait(self.tick_s):
            try:
                with self.app.app_context():
                    self.tick()
            except Exception as fault:  # the clock must outlive a database that is away for a while
                log.error("tick_failed", fault=type(fault).__name__)
        try:
            with self.app.app_context():
                clock.let_go(holder=self.holder)
        except Exception as fault:
            log.warning("lease_not_returned", fault=type(fault).__name__)

    def tick(self) -> None:
        """Look once: sweep, wake or drain, ask about unclear rows, run what comes round."""
        if not self._hold():
            return
        now = self.app.config["CLOCK"]()
        self._serve(now)
        due = clock_work.periodic_due({task.name: task.every for task in PERIODIC}, now)
        for task in PERIODIC:
            if task.name in due and clock.take_turn(
                task=task.name, every=task.every, first=task.first(now), now=now
            ):
                task.run(now, self._breath)

    def _breath(self) -> bool:
        """Serve what became due while long work goes on; True when the process was asked to stop."""
        if boot_clock() - self._served_at > BREATH_S and self._hold():
            end_reading()
            self._serve(self.app.config["CLOCK"]())
        return tasks.stopping.is_set()

    def _serve(self, now: datetime) -> None:
        waiting = clock_work.waiting_work(now)
        if waiting.to_sweep:
            swept = deliver.sweep(now=now)
            log.info("swept", **swept)
        self._wake_or_do(queue.QUEUE, waiting.is_due, tasks.drain)
        self._wake_or_do(queue.NOTIFY_QUEUE, notifications.is_any_due(now), tasks.ring_staff)
        self._wake_or_do(queue.PHOTO_QUEUE, bool(photos.waiting_photos(now, limit=1)), tasks.make_photos)
        self._wake_or_do(queue.LIST_QUEUE, bool(people_files.waiting(now, limit=1)), tasks.make_lists)
        to_take_in = bool(imports.waiting(now)) or bool(runs.waiting(now, limit=1))
        self._wake_or_do(queue.IMPORT_QUEUE, to_take_in, tasks.take_in_files)
        if waiting.to_look_up:
            tasks.look_up_unknown()
        self._served_at = boot_clock()

    def _hold(self) -> bool:
        if boot_clock() < self._held_until - (LEASE_S - RENEW_S):
            return True
        began = boot_clock()
        held = clock.hold(holder=self.holder, lease_s=LEASE_S)
        self._held_until = began + LEASE_S if held else 0.0
        if held and began > self._marked_at + MARK_S:
            tasks.keep_mark()
            self._marked_at = began
        return held

    def _wake_or_do(self, name: str, is_due: bool, do: Callable[[], dict[str, int]]) -> None:
        if tasks.stopping.is_set():
            return  # a frozen Redis would be waited for, once for each queue
        if not is_due:
            self._waiting_since.pop(name, None)
            return
        since = self._waiting_since.setdefault(name, boot_clock())
        woken = self.redis is not None and queue.wake(self.redis, name)
        if not woken or boot_clock() - since > PATIENCE_S:
            done = do()
            log.info("drained_by_the_clock", queue=name, redis_answers=woken, **done)
            self._waiting_since.pop(name, None)
