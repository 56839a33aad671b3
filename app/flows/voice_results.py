"""Nightly: who complained and came again. Not at the stamp: nobody at the counter waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from app.flows.unit import write
from app.voices import caring
from app.voices.care_rules import BACK_WITHIN

_AT_ONCE = 100
# A visit of the last day is counted by the next night.
_LOOK_BACK = BACK_WITHIN + timedelta(days=3)


def count_back(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Write down when whoever complained first came again within sixty days of the answer; returns how many changed.

    Of one who was never answered: within sixty days of when the answer was due. A visit that was taken back no longer
    counts.
    """
    changed = after_id = 0
    while not stop():
        with write() as session:
            found = caring.complaints_since(
                session, shop_id=shop_id, since=now - _LOOK_BACK, after_id=after_id, limit=_AT_ONCE
            )
            for voice in found:
                since = voice.answered_at or voice.due_at or voice.opened_at
                came = caring.first_visit(
                    session,
                    shop_id=shop_id,
                    customer_id=voice.customer_id or 0,
                    after=since,
                    until=since + BACK_WITHIN,
                )
                if came != voice.came_back_at:
                    voice.came_back_at = came
                    changed += 1
                after_id = voice.id
            session.flush()
        if len(found) < _AT_ONCE:
            break
    return changed
