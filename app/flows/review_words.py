"""At night: what new reviews praise and blame in words. Each is read once, in a process of its own that ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from app.extensions import files_dir
from app.flows.unit import end_reading, write
from app.kit import files, morphemes
from app.kit.limited_process import FellOver
from app.kit.morphemes import Morphemes
from app.reviews import praise_rules, words
from app.reviews.actions import care

log = structlog.get_logger(__name__)

# One process reads so many: its model is loaded once for them, and it ends before it holds much more than that.
AT_ONCE = 1_000
# One transaction writes so many: a stamp waits no longer than this takes.
_PIECE = 100


def read_new(*, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Read the reviews of all shops that nobody has read; returns how many. Stops between two steps when asked to.

    A review that takes the process down is found by halving and counts as read: it holds the others up no longer.
    """
    done = 0
    while not stop():
        end_reading()
        some = words.unread(limit=AT_ONCE)
        end_reading()
        if not some:
            break
        found = _read([each.text for each in some])
        told = [(line, praise_rules.said(one)) for line, one in zip(some, found, strict=True)]
        marked = 0
        for start in range(0, len(told), _PIECE):
            with write() as session:
                for line, said in told[start : start + _PIECE]:
                    marked += care.put_words(
                        session,
                        shop_id=line.shop_id,
                        review_id=line.review_id,
                        text=line.text,
                        words=said,
                        now=now,
                    )
        done += marked
        if not marked:
            break  # whoever wrote them left meanwhile; the next night finds the rest
    return done


def _read(texts: list[str]) -> list[Morphemes]:
    """Return the morphemes of each text; a text without words needs no look."""
    asked = [place for place, text in enumerate(texts) if text.strip()]
    found: list[Morphemes] = [[] for _ in texts]
    for place, one in zip(asked, _taken_apart([texts[place] for place in asked]), strict=True):
        found[place] = one
    return found


def _taken_apart(texts: list[str]) -> list[Morphemes]:
    if not texts:
        return []
    try:
        with files.desk(files_dir()) as desk:
            return morphemes.read(texts, desk)
    except FellOver:
        if len(texts) == 1:
            log.warning("review_not_read", characters=len(texts[0]))
            return [[]]
        half = len(texts) // 2
        return _taken_apart(texts[:half]) + _taken_apart(texts[half:])
