"""Work that makes many values at once which stay, or are plain: Python's search for circles would find none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_to_collect() -> Iterator[None]:
    """Let Python not look for circles among what holds none that end: of many values it takes up to a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def keep_what_is_here() -> None:
    """Let Python never again look for circles among what was made so far: a started product keeps all of it.

    A search through it stops every thread of a process for a tenth of a second. Call it before processes are forked, too:
    what nobody looks through stays shared between them.
    """
    gc.freeze()
