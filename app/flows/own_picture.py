"""A picture of the shop's own, for something it writes: written anew like every picture (S09), small enough for a
carrier, and named in the row it belongs to. The owner waits the second or two that it takes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO

from app.extensions import files_dir
from app.flows import photo
from app.flows.unit import end_reading, write
from app.kit import files, images
from app.kit.files import Place
from app.kit.signing import new_token
from app.reviews.photos import INCOMING, LARGE, LETTER, SMALL

# Returns, inside a flow and held, the row whose `photo` names the picture ("" for none). Raises what refuses it.
Row = Callable[[Any], Any]


def put(*, shop_id: int, row: Row, upload: BinaryIO, now: datetime) -> None:
    """Let a row have this picture instead of the one it had.

    `row` is asked before anything is made, and once more in the transaction that names the picture. The files come before
    their name stands there, and the old ones go after it. Raises BadImage, and what `row` raises.
    """
    with write() as session:
        row(session)
    ref, _digest = photo.take_file(shop_id=shop_id, upload=upload, now=now)
    kept, before = False, ""
    try:
        end_reading()  # no transaction is open while the picture is made
        _make(shop_id, ref, now)
        with write() as session:
            held = row(session)
            before, held.photo = held.photo, ref
        kept = True
    finally:
        photo.drop_files(shop_id=shop_id, refs=[before] if kept and before else [] if kept else [ref])
    files.drop(files_dir(), Place(INCOMING, shop_id, ref))


def drop(*, shop_id: int, row: Row) -> None:
    """Let a row have no picture; the second tap changes nothing. Raises what `row` raises."""
    with write() as session:
        held = row(session)
        before, held.photo = held.photo, ""
    photo.drop_files(shop_id=shop_id, refs=[before] if before else [])


def copy(*, shop_id: int, ref: str, now: datetime) -> str:
    """Lay a picture's files down once more under a name of their own; returns it, "" when there are none any more.

    Whoever names it in no row leaves files that are nobody's: the night clears them away.
    """
    made, root = new_token(), files_dir()
    for kind in (LARGE, SMALL, LETTER):
        found = files.open_reading(root, Place(kind, shop_id, ref))
        if found is None:
            return ""
        with found:
            files.save(root, Place(kind, shop_id, made), found, most=images.MOST_BYTES, now=now)
    return made


def _make(shop_id: int, ref: str, now: datetime) -> None:
    root = files_dir()
    with files.desk(root) as desk:
        made = images.remake(Place(INCOMING, shop_id, ref).below(root), desk, jpeg=True)
        if made.jpeg is not None:
            files.move_in(root, Place(LETTER, shop_id, ref), made.jpeg, now=now)
        files.move_in(root, Place(LARGE, shop_id, ref), made.large, now=now)
        files.move_in(root, Place(SMALL, shop_id, ref), made.small, now=now)
