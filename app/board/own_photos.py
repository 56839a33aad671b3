"""The picture of what a shop itself writes, news or an event: opened by the name that stands in its row."""

from __future__ import annotations

from typing import BinaryIO

from app.extensions import files_dir
from app.kit import files
from app.kit.files import BadPlace, Place
from app.reviews.photos import LARGE, SMALL


def open_one(shop_id: int, ref: str, *, small: bool) -> BinaryIO | None:
    """Open a picture whose row the caller may see; None where it has none (`ref` "") or the file is gone."""
    if not ref:
        return None
    try:
        return files.open_reading(files_dir(), Place(SMALL if small else LARGE, shop_id, ref))
    except BadPlace:
        return None
