"""What our own pictures say (kit/share_pictures.py), and how one is answered."""

from __future__ import annotations

from typing import BinaryIO

from flask import Response

from app.board import events, notices
from app.board.events import EventLine
from app.board.notices import NoticeLine
from app.kit.korean import day_name
from app.kit.share_pictures import Said
from app.shops.queries import ShopView


def said_of_shop(shop: ShopView) -> Said:
    """Return what the picture of a shop says."""
    story = " ".join(shop.story.split())
    return Said(shop.name, shop.mark, "", shop.name, story, shop.address)


def said_of_notice(shop: ShopView, line: NoticeLine, foot: str = "") -> Said:
    """Return what the picture of a piece of news says, with its photo."""
    photo = _bytes(notices.open_photo(line, shop.id))
    return Said(shop.name, shop.mark, line.sort_name, line.title, line.text, foot, photo)


def said_of_event(shop: ShopView, line: EventLine, foot: str = "") -> Said:
    """Return what the picture of an event says: what may be won, and until when."""
    until = f"{day_name(line.days[1])}까지" if line.state in ("soon", "open") else line.state_words
    words = f"{line.prize} · {line.winners}명\n{until}"
    return Said(
        shop.name, shop.mark, "이벤트", line.title, words, foot, _bytes(events.open_photo(line, shop.id))
    )


def _bytes(file: BinaryIO | None) -> bytes:
    if file is None:
        return b""
    with file:
        return file.read()


def drawn(made: bytes, *, kept: str = "public, max-age=3600") -> Response:
    """Answer a picture that we drew: a PNG or a JPEG, by its first bytes."""
    kind = "image/png" if made.startswith(b"\x89PNG") else "image/jpeg"
    answer = Response(made, content_type=kind)
    answer.headers["Cache-Control"] = kept
    return answer
