"""A hundred thousand letters through one worker: it needs no more memory at the end than after the first tenth."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.messages.models import Attempt, Message
from bench import letters
from tests.faults.results import write_down

LETTERS, IN_A_BLOCK = 100_000, 2_000
# Beyond what the first tenth needed, in MiB.
_MOST_GROWN = 24.0
_HEAD = """# Soak

Letters through one worker process with a carrier that answers at once; the memory that is its own after a tenth of
them and after all of them.

| when | database | letters | letters a second | MiB after a tenth | MiB at the end |
|---|---|---|---|---|---|
"""


def _own_mib() -> float:
    """Return the memory that is this process's own; the database's file, mapped up to its bound, is not."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024


@pytest.mark.long
def test_a_hundred_thousand_letters_leave_the_memory_flat(tmp_path: Path) -> None:
    seconds, after_a_tenth = 0.0, 0.0
    with letters.town(tmp_path / "town") as (app, shop_id, now):
        for first in range(0, LETTERS, IN_A_BLOCK):
            letters.thank(shop_id, first, IN_A_BLOCK, now)
            seconds += letters.drain(app, IN_A_BLOCK, now)
            if first + IN_A_BLOCK == LETTERS // 10:
                after_a_tenth = _own_mib()
        at_the_end = _own_mib()
        count = func.count()
        ours = select(Message.state, count).where(Message.cause.like("bench:%")).group_by(Message.state)
        states = {row[0]: row[1] for row in db.session.execute(ours)}
        tries = db.session.scalar(select(count).select_from(Attempt))
        db.session.rollback()
    write_down(_HEAD, ["sqlite", LETTERS, round(LETTERS / seconds), round(after_a_tenth), round(at_the_end)])
    assert states == {"sent": LETTERS}
    assert tries is not None
    assert tries >= LETTERS
    assert at_the_end - after_a_tenth < _MOST_GROWN, (after_a_tenth, at_the_end)
