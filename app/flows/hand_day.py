"""The day by hand: when the owner has time for it, what their carrier lets out, and 오늘은 그만, and what a restore brought back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.flows import audit
from app.flows.unit import write
from app.kit.clock import kst_day
from app.kit.upsert import insert_into
from app.messages import hand_rules
from app.messages.way_models import MessageSettings


def settings_row(session: Any, *, shop_id: int, now: datetime) -> MessageSettings:
    """Return what a shop decided about its messages, held; made with the defaults where it decided nothing."""
    session.execute(
        insert_into(session, MessageSettings.__table__)
        .values(shop_id=shop_id, changed_at=now)
        .on_conflict_do_nothing(index_elements=["shop_id"])
    )
    row: MessageSettings = session.scalars(
        select(MessageSettings).where(MessageSettings.shop_id == shop_id).with_for_update()
    ).one()
    return row


def save(*, shop_id: int, staff_id: int, time: str, most: str, now: datetime) -> None:
    """Save the quiet hour ("15:00") and how many texts a day the carrier lets out. Raises Invalid."""
    minute, count = hand_rules.clean_hand(time=time, most=most)
    with write() as session:
        row = settings_row(session, shop_id=shop_id, now=now)
        if (row.hand_minute, row.hand_most) == (minute, count):
            return
        row.hand_minute, row.hand_most, row.changed_at = minute, count, now
        audit.note(
            session, shop_id=shop_id, what="hand_day", staff_id=staff_id, detail=f"{minute}:{count}", now=now
        )


def end_today(*, shop_id: int, is_ended: bool, now: datetime) -> None:
    """오늘은 그만: nothing more is asked of the owner today; or it was a slip, and the day goes on. Twice is once."""
    with write() as session:
        row = settings_row(session, shop_id=shop_id, now=now)
        row.hand_done_on = kst_day(now) if is_ended else None


def note_checked(*, shop_id: int, now: datetime) -> None:
    """The owner looked, after a restore, at which texts their phone had sent: they are asked no more. Twice is once."""
    with write() as session:
        settings_row(session, shop_id=shop_id, now=now).hand_checked_at = now
