"""The picture of a 단체 문자: written anew like every picture (S09), small enough for a carrier, and gone with its draft."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import BinaryIO

from app.flows import own_picture
from app.flows.campaign import draft_of


def add(*, shop_id: int, campaign_id: int, upload: BinaryIO, now: datetime) -> None:
    """Let a draft have this picture instead of the one it had. The owner waits the second or two that it takes.

    Raises BadImage, NotHere, Confirmed.
    """
    draft = partial(draft_of, shop_id=shop_id, campaign_id=campaign_id)
    own_picture.put(shop_id=shop_id, row=draft, upload=upload, now=now)


def drop(*, shop_id: int, campaign_id: int) -> None:
    """Let a draft have no picture; the second tap changes nothing. Raises NotHere, Confirmed."""
    own_picture.drop(shop_id=shop_id, row=partial(draft_of, shop_id=shop_id, campaign_id=campaign_id))
