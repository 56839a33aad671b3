"""One review at an address of its own, with a picture for chats, and where whoever reads one says that it is not right."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from app.board import talk_rules
from app.board.talk_rules import NothingThere
from app.kit.refusals import NotHere
from app.kit.share_pictures import Said, wide
from app.reviews import photos
from app.reviews import queries as reviews
from app.reviews.queries import ReviewLine
from app.web.answers import see_other
from app.web.doors import door
from app.web.drawn import drawn
from app.web.guards import current_shop, held_card
from app.web.public.blueprint import bp

# What everybody reads without a card of the shop.
_PUBLIC = ("review", "story")


@door(bp, "/s/<code>/reviews/<int:review_id>", audience="public", tenant="code")
def shop_review(code: str, review_id: int) -> ResponseReturnValue:
    """Show one review as everybody sees it."""
    return render_template(
        "public/shop_review.html",
        shop=current_shop(),
        line=_line(review_id),
        base_url=current_app.config["BASE_URL"],
    )


@door(bp, "/s/<code>/reviews/<int:review_id>/picture", audience="public", tenant="code")
def shop_review_picture(code: str, review_id: int) -> ResponseReturnValue:
    """Answer the picture beside a link to it, 1200 × 630; what was given for it stands first there too."""
    shop, line = current_shop(), _line(review_id)
    photo = b""
    if line.photos and (file := photos.open_shown(shop.id, line.photos[0].ref, small=False)):
        with file:
            photo = file.read()
    stars = f"후기 · 별점 {line.stars}점"
    said = Said(
        shop.name, shop.mark, line.disclosed or stars, line.text or f"별점 {line.stars}점",
        f"{line.who} · {stars}" if line.disclosed else line.who, shop.name, photo,
    )  # fmt: skip
    return drawn(wide(said))


@door(bp, "/s/<code>/reports/<what>/<int:row_id>", audience="public", tenant="code")
def report_public(code: str, what: str, row_id: int) -> ResponseReturnValue:
    """신고하기 from a page that everybody reads: on to the form with a card of the shop, or what to do without one."""
    if what not in _PUBLIC:
        raise NothingThere
    if held_card() is not None:
        return see_other(url_for("customer.report_thing", code=code, what=what, row_id=row_id))
    there = "public.shop_review" if what == "review" else "public.shop_story"
    where: dict[str, Any] = {"review_id" if what == "review" else "story_id": row_id}
    return render_template(
        "public/report.html",
        shop=current_shop(),
        what_name=talk_rules.WHATS[what],
        there=url_for(there, code=code, **where),
    )


def _line(review_id: int) -> ReviewLine:
    line = reviews.shown(shop_id=current_shop().id, review_id=review_id)
    if line is None:
        raise NotHere("그 후기는 볼 수 없어요. 가게 후기에서 다른 후기를 골라 주세요.")
    return line
