"""The picture of a 단체 문자: written anew like every picture (S09), small enough for a carrier, and gone with its draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO

from app.flows import own_picture, photo
from app.flows.campaign import draft_of
from app.flows.unit import write


def add(*, shop_id: int, campaign_id: int, upload: BinaryIO, now: datetime) -> None:
    """Let a draft have this picture instead of the one it had. The owner waits the second or two that it takes.

    Raises BadImage, NotHere, Confirmed.
    """
    with write() as session:
        draft_of(session, shop_id=shop_id, campaign_id=campaign_id)

    def keep(session: Any, ref: str) -> str:
        draft = draft_of(session, shop_id=shop_id, campaign_id=campaign_id)
        before, draft.photo = draft.photo, ref
        return before

    own_picture.put(shop_id=shop_id, upload=upload, keep=keep, now=now)


def drop(*, shop_id: int, campaign_id: int) -> None:
    """Let a draft have no picture; the second tap changes nothing. Raises NotHere, Confirmed."""
    with write() as session:
        draft = draft_of(session, shop_id=shop_id, campaign_id=campaign_id)
        before, draft.photo = draft.photo, ""
    photo.drop_files(shop_id=shop_id, refs=[before] if before else [])
