"""What our own pictures say (kit/share_pictures.py), and how one is answered."""

from __future__ import annotations

from flask import Response

from app.board import notices
from app.board.notices import NoticeLine
from app.kit.share_pictures import Said
from app.shops.queries import ShopView


def said_of_shop(shop: ShopView) -> Said:
    """Return what the picture of a shop says."""
    story = " ".join(shop.story.split())
    return Said(shop.name, shop.mark, "", shop.name, story, shop.address)


def said_of_notice(shop: ShopView, line: NoticeLine, foot: str = "") -> Said:
    """Return what the picture of a piece of news says, with its photo."""
    file = notices.open_photo(line, shop.id)
    photo = b""
    if file is not None:
        with file:
            photo = file.read()
    return Said(shop.name, shop.mark, line.sort_name, line.title, line.text, foot, photo)


def drawn(made: bytes, *, kept: str = "public, max-age=3600") -> Response:
    """Answer a picture that we drew: a PNG or a JPEG, by its first bytes."""
    kind = "image/png" if made.startswith(b"\x89PNG") else "image/jpeg"
    answer = Response(made, content_type=kind)
    answer.headers["Cache-Control"] = kept
    return answer
