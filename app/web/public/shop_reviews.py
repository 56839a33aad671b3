"""A shop's reviews, all of them, as they were written."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.reviews import queries as reviews
from app.web.doors import door
from app.web.guards import current_shop
from app.web.public.blueprint import bp
from app.web.readable import row_number


@door(bp, "/s/<code>/reviews", audience="public", tenant="code")
def shop_reviews(code: str) -> ResponseReturnValue:
    """Show every review, newest first, and how the stars are spread."""
    shop, after = current_shop(), row_number(request.args.get("after"))
    standing = reviews.standing(shop.id)
    return render_template(
        "public/shop_reviews.html",
        shop=shop,
        standing=standing,
        bars=[(f"{stars}점", number) for stars, number in standing.by_stars.items()],
        page=reviews.reviews(shop.id, after=after),
        first=after is None,
    )
