"""Labelled points of sending at which a worker dies, or stands still, because an order for it lies in its folder.

An order is an empty file `order-<worker>-<point>-<what>`; the first to pass the point takes it away and obeys.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.flows import deliver
from app.jobs.tick import Clock
from app.messages.actions import claims, recording, sending

# "tell" only takes the paper away: whoever laid it down sees that the point was passed.
ORDERS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "tell": 0}
# (where, what, before or after it, point). "after" of what runs inside a transaction is before its commit.
_PLACES: tuple[tuple[Any, str, str, str], ...] = (
    (deliver, "_send_batch", "before", "claimed"),
    (sending, "begin", "after", "looked"),  # attempt, right and cost are written, nothing is committed
    (deliver, "_call", "before", "begun"),  # they are: the call comes next
    (deliver, "_call", "after", "answered"),  # nobody but this process knows what the provider said
    (recording, "record", "after", "noting"),
    (deliver, "_send_batch", "after", "noted"),
    (claims, "sweep", "after", "swept"),
    (deliver, "find", "after", "asked"),
    (recording, "settle", "after", "settling"),
    (Clock, "_serve", "before", "ticked"),  # the clock's lease is ours
)
POINTS = tuple(point for _, _, _, point in _PLACES)
# Where nothing but rows of the outbox is held: a process that stands still here holds up nobody else.
BETWEEN = ("claimed", "begun", "answered")


def order(folder: Path, worker: str, point: str, what: str) -> Path:
    """Lay an order down; it is gone once it is obeyed."""
    assert point in POINTS, point
    paper = folder / f"order-{worker}-{point}-{what}"
    paper.touch()
    return paper


def label(folder: Path, worker: str) -> None:
    """Label the points in this process, which is that worker."""
    for where, name, when, point in _PLACES:
        setattr(where, name, _labelled(getattr(where, name), when, f"{folder}/order-{worker}-{point}-"))


def _labelled(real: Callable[..., Any], when: str, paper: str) -> Callable[..., Any]:
    def there(*given: Any, **named: Any) -> Any:
        if when == "before":
            _obey(paper)
        done = real(*given, **named)
        if when == "after":
            _obey(paper)
        return done

    return there


def _obey(paper: str) -> None:
    for what, sign in ORDERS.items():
        try:
            os.unlink(paper + what)
        except FileNotFoundError:
            continue
        os.kill(os.getpid(), sign)
