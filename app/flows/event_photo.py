"""The picture of an event: written anew like every picture (S09), and changed only while nobody has seen the event."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO

from app.board import entering
from app.board.event_models import Event
from app.board.event_rules import AlreadyShown, NoSuchEvent
from app.flows import own_picture, photo
from app.flows.unit import write


def put(*, shop_id: int, event_id: int, upload: BinaryIO, now: datetime) -> None:
    """Let an event have this picture instead of the one it had. Raises BadImage, NoSuchEvent, AlreadyShown."""
    with write() as session:
        _draft(session, shop_id, event_id)

    def keep(session: Any, ref: str) -> str:
        row = _draft(session, shop_id, event_id)
        before, row.photo = row.photo, ref
        return before

    own_picture.put(shop_id=shop_id, upload=upload, keep=keep, now=now)


def drop(*, shop_id: int, event_id: int) -> None:
    """Let it have no picture; the second tap changes nothing. Raises NoSuchEvent, AlreadyShown."""
    with write() as session:
        row = _draft(session, shop_id, event_id)
        before, row.photo = row.photo, ""
    photo.drop_files(shop_id=shop_id, refs=[before] if before else [])


def _draft(session: Any, shop_id: int, event_id: int) -> Event:
    row = entering.event(session, shop_id=shop_id, event_id=event_id)
    if row is None:
        raise NoSuchEvent
    if row.shown_at is not None or row.cancelled_at is not None:
        raise AlreadyShown
    return row
