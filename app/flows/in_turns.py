"""Work of all shops that waits in rows, done a step of each in turn: a large one does not keep the others waiting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from app.flows.unit import end_reading

log = structlog.get_logger(__name__)

Which = tuple[int, int]  # (shop_id, row_id)


def in_turns(
    what: str,
    *,
    waiting: Callable[[datetime], Sequence[Which]],
    step: Callable[[int, int], bool],
    rest: Callable[[int, int, datetime], None],
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
) -> int:
    """Take a step of each that waits until none does; returns the number of steps. Stops when asked to.

    `step` returns True where nothing more can be done by now. One that fails is told as "<what>_failed", left alone by
    `rest` until a later turn, and costs the others nothing.
    """
    done = 0
    over: set[Which] = set()
    while left := [each for each in waiting(clock()) if each not in over]:
        end_reading()
        for which in left:
            if stop():
                return done
            done += 1
            try:
                if step(*which):
                    over.add(which)
            except Exception as fault:
                end_reading()
                over.add(which)
                log.error(f"{what}_failed", shop_id=which[0], row_id=which[1], fault=type(fault).__name__)
                rest(*which, clock())
    end_reading()
    return done
