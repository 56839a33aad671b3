"""At night: what new reviews praise and blame in words. Each is read once, in a process of its own that ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from app.extensions import files_dir
from app.flows.unit import end_reading, write
from app.kit import files, morphemes
from app.kit.clock import next_minute_of_day
from app.kit.limited_process import FellOver, Stopped
from app.kit.morphemes import Morphemes
from app.reviews import praise_rules, words
from app.reviews.actions import care
from app.reviews.words import Unread

log = structlog.get_logger(__name__)

# One process reads so many: loading its model takes longer than reading them, and it is soon over.
AT_ONCE = 250
# One transaction writes so many: a stamp waits no longer than this takes.
_PIECE = 100
# What was left before this minute of Korea's day is read: in a night's quiet, and in the morning what a night lost.
SINCE_MINUTE = 3 * 60 + 20

Breath = Callable[[], bool]


def read_new(*, now: datetime, breath: Breath = lambda: False) -> int:
    """Read the reviews of all shops that were left before the last SINCE_MINUTE and that nobody has read; returns how many.

    What is due meanwhile is done in `breath`, which is called all the time; True stops it. Whatever ends it, what was
    written stays and the next turn goes on there: a review is read once. One that takes the process down is found by
    halving and counts as read: it holds the others up no longer.
    """
    before = next_minute_of_day(now, SINCE_MINUTE) - timedelta(days=1)
    done = 0
    while not breath():
        end_reading()
        some = words.unread(before=before, limit=AT_ONCE)
        end_reading()
        if not some:
            break
        try:
            found = _read([each.text for each in some], breath)
        except Stopped:
            break
        marked = _write(list(zip(some, found, strict=True)), now=now, breath=breath)
        done += marked
        if not marked:
            break  # whoever wrote them left meanwhile; the next turn finds the rest
    return done


def _write(read: list[tuple[Unread, Morphemes]], *, now: datetime, breath: Breath) -> int:
    """Write down what was found, some in each transaction; returns of how many reviews."""
    marked = 0
    told = [(line, praise_rules.said(one)) for line, one in read]
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
        breath()  # asked to stop or not: what was read is written first
    return marked


def _read(texts: list[str], breath: Breath) -> list[Morphemes]:
    """Return the morphemes of each text; a text without words needs no look."""
    asked = [place for place, text in enumerate(texts) if text.strip()]
    found: list[Morphemes] = [[] for _ in texts]
    for place, one in zip(asked, _taken_apart([texts[place] for place in asked], breath), strict=True):
        found[place] = one
    return found


def _taken_apart(texts: list[str], breath: Breath) -> list[Morphemes]:
    if not texts:
        return []
    try:
        with files.desk(files_dir()) as desk:
            return morphemes.read(texts, desk, breath)
    except FellOver:
        if len(texts) == 1:
            log.warning("review_not_read", characters=len(texts[0]))
            return [[]]
        half = len(texts) // 2
        return _taken_apart(texts[:half], breath) + _taken_apart(texts[half:], breath)
