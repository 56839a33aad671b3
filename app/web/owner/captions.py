"""Words and a square picture for the shop's own page elsewhere, made of what it wrote: news or an event."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.board import notice_rules
from app.board.events import EventLine
from app.board.notices import NoticeLine
from app.kit.share_pictures import Said, square
from app.reviews import queries as reviews
from app.web.drawn import drawn
from app.web.guards import current_staff


def caption_page(
    line: NoticeLine | EventLine,
    *,
    text: str,
    link: str,
    back: str,
    picture: str,
    stays: str,
    product: str = "",
) -> ResponseReturnValue:
    """Show the words, to be changed and copied, and the picture. `stays`: that what they are made of does not change.

    `text`: what is said of it, below its title; `link`: where one reads more; `back`, `picture`: addresses.
    """
    shop = current_staff().shop
    hashtag = reviews.settings(shop.id).hashtag
    return render_template(
        "owner/caption.html",
        line=line,
        caption=notice_rules.caption(
            title=line.title, text=text, product=product, hashtag=hashtag, address=shop.address, link=link
        ),
        hashtag=hashtag,
        back=back,
        picture=picture,
        stays=stays,
        suffix="jpg" if line.photo else "png",
    )


def square_of(said: Said) -> ResponseReturnValue:
    """Answer the picture, 1080 × 1080."""
    return drawn(square(said), kept="private, max-age=60")


def foot() -> str:
    """Return the line below the picture: the shop's hashtag, "" for none."""
    hashtag = reviews.settings(current_staff().shop.id).hashtag
    return f"#{hashtag}" if hashtag else ""
