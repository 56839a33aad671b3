"""The pictures that stand beside our links in a chat (og:image), drawn from what the page itself says."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from app.board import notices
from app.board.notice_rules import NoSuchNotice
from app.board.notices import NoticeLine
from app.kit.share_pictures import Said, wide
from app.shops.queries import ShopView
from app.web.doors import door
from app.web.guards import current_shop
from app.web.public.blueprint import bp


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


@door(bp, "/s/<code>/picture", audience="public", tenant="code")
def shop_picture(code: str) -> ResponseReturnValue:
    """Answer the picture of the shop, 1200 × 630."""
    return drawn(wide(said_of_shop(current_shop())))


@door(bp, "/s/<code>/notices/<int:notice_id>/picture", audience="public", tenant="code")
def notice_picture(code: str, notice_id: int) -> ResponseReturnValue:
    """Answer the picture of a piece of news that everybody may see, 1200 × 630."""
    shop = current_shop()
    line = notices.public_notice(shop.id, notice_id)
    if line is None:
        raise NoSuchNotice
    return drawn(wide(said_of_notice(shop, line)))
