"""The picture of a 단체 문자: written anew like every picture (S09), small enough for a carrier, and gone with its draft."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from app.extensions import files_dir
from app.flows import photo
from app.flows.campaign import draft_of
from app.flows.unit import end_reading, write
from app.kit import files, images
from app.kit.files import Place
from app.reviews.photos import INCOMING, LARGE, LETTER, SMALL


def add(*, shop_id: int, campaign_id: int, upload: BinaryIO, now: datetime) -> None:
    """Let a draft have this picture instead of the one it had. The owner waits the second or two that it takes.

    Its files come before its name stands in the row, and the old ones go after it. Raises BadImage, NotHere, Confirmed.
    """
    with write() as session:
        draft_of(session, shop_id=shop_id, campaign_id=campaign_id)
    ref, _digest = photo.take_file(shop_id=shop_id, upload=upload, now=now)
    kept, before = False, ""
    try:
        end_reading()  # no transaction is open while the picture is made
        _make(shop_id, ref, now)
        with write() as session:
            draft = draft_of(session, shop_id=shop_id, campaign_id=campaign_id)
            draft.photo, before = ref, draft.photo
        kept = True
    finally:
        photo.drop_files(shop_id=shop_id, refs=[before] if kept and before else [] if kept else [ref])
    files.drop(files_dir(), Place(INCOMING, shop_id, ref))


def _make(shop_id: int, ref: str, now: datetime) -> None:
    root = files_dir()
    with files.desk(root) as desk:
        made = images.remake(Place(INCOMING, shop_id, ref).below(root), desk, jpeg=True)
        if made.jpeg is not None:
            files.move_in(root, Place(LETTER, shop_id, ref), made.jpeg, now=now)
        files.move_in(root, Place(LARGE, shop_id, ref), made.large, now=now)
        files.move_in(root, Place(SMALL, shop_id, ref), made.small, now=now)


def drop(*, shop_id: int, campaign_id: int) -> None:
    """Let a draft have no picture; the second tap changes nothing. Raises NotHere, Confirmed."""
    with write() as session:
        draft = draft_of(session, shop_id=shop_id, campaign_id=campaign_id)
        before, draft.photo = draft.photo, ""
    photo.drop_files(shop_id=shop_id, refs=[before] if before else [])
