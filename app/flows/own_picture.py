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

# Names the picture in its row and returns the name that stood there, "" for none.
Keep = Callable[[Any, str], str]


def put(*, shop_id: int, upload: BinaryIO, keep: Keep, now: datetime) -> None:
    """Let a row have this picture instead of the one it had.

    `keep(session, ref)` runs in a transaction of its own and raises what refuses it. The files come before their name
    stands in the row, and the old ones go after it. Raises BadImage.
    """
    ref, _digest = photo.take_file(shop_id=shop_id, upload=upload, now=now)
    kept, before = False, ""
    try:
        end_reading()  # no transaction is open while the picture is made
        _make(shop_id, ref, now)
        with write() as session:
            before = keep(session, ref)
        kept = True
    finally:
        photo.drop_files(shop_id=shop_id, refs=[before] if kept and before else [] if kept else [ref])
    files.drop(files_dir(), Place(INCOMING, shop_id, ref))


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
