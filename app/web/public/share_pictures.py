"""The pictures that stand beside our links in a chat (og:image), drawn from what the page itself says."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.board import events, notices
from app.board.event_rules import NoSuchEvent
from app.board.notice_rules import NoSuchNotice
from app.kit.share_pictures import wide
from app.web.doors import door, now
from app.web.drawn import drawn, said_of_event, said_of_notice, said_of_shop
from app.web.guards import current_shop
from app.web.public.blueprint import bp


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


@door(bp, "/s/<code>/events/<int:event_id>/picture", audience="public", tenant="code")
def event_picture(code: str, event_id: int) -> ResponseReturnValue:
    """Answer the picture of an event that customers can see, 1200 × 630."""
    shop = current_shop()
    line = events.event(shop_id=shop.id, event_id=event_id, now=now())
    if line is None:
        raise NoSuchEvent
    return drawn(wide(said_of_event(shop, line)))
