"""Reads the picture that goes with a message. Its name stands in the facts (`photo`), its file in the store."""

from __future__ import annotations

from app.extensions import files_dir
from app.kit import files
from app.kit.files import BadPlace, Place

# The kind of file in the store; whoever takes a picture in writes it there, small enough for a carrier.
KIND = "letters"
MOST_BYTES = 200_000  # what the carriers take with one message (JPEG)


def picture(shop_id: int, ref: str) -> bytes:
    """Return the picture of that name; b"" when the message has none or its file is gone."""
    try:
        found = files.open_reading(files_dir(), Place(KIND, shop_id, ref))
    except BadPlace:
        return b""
    if found is None:
        return b""
    with found:
        return found.read(MOST_BYTES)
