"""A shop's reviews as they were written: all that are shown, of one product, or with photos."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit.clock import kst_day
from app.kit.refusals import NotHere
from app.reviews import queries as reviews
from app.reviews import rules, sums
from app.reviews.queries import ReviewLine
from app.reviews.sums import Standing
from app.web.doors import door
from app.web.guards import current_shop
from app.web.public.blueprint import bp
from app.web.readable import row_number


@door(bp, "/s/<code>/reviews", audience="public", tenant="code")
def shop_reviews(code: str) -> ResponseReturnValue:
    """Show reviews, newest first, how the stars are spread, and how many are hidden for what."""
    shop, after = current_shop(), row_number(request.args.get("after"))
    products = sums.reviewed(shop.id)
    chosen = row_number(request.args.get("product"))
    product = next((each for each in products if each.product_id == chosen), None)
    if chosen is not None and product is None:
        raise NotHere("그 상품의 후기는 없어요. 가게 후기에서 다시 골라 주세요.")
    with_photos = request.args.get("photos") == "1"
    standing = sums.standing(shop.id, chosen)
    page = reviews.reviews(shop.id, after=after, product_id=chosen, with_photos=with_photos)
    is_whole = after is None and product is None and not with_photos
    return render_template(
        "public/shop_reviews.html",
        shop=shop,
        standing=standing,
        bars=[(f"{stars}점", number) for stars, number in standing.by_stars.items()],
        page=page,
        first=after is None,
        products=products,
        product=product,
        with_photos=with_photos,
        hidden=rules.hidden_sentence(sums.hidden_by_cause(shop.id)),
        told=_told(standing, page.lines) if is_whole and standing.count else None,
    )


def _told(standing: Standing, lines: list[ReviewLine]) -> dict[str, Any]:
    """Return the shop and its newest reviews for search engines (schema.org); what was given stands first there too."""
    shop = current_shop()
    base = current_app.config["BASE_URL"]
    return {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "name": shop.name,
        "url": base + url_for("public.join", code=shop.code),
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": round(standing.average, 1),
            "ratingCount": standing.count,
            "bestRating": 5,
            "worstRating": 1,
        },
        "review": [
            {
                "@type": "Review",
                "author": {"@type": "Person", "name": line.who},
                "datePublished": kst_day(line.at).isoformat(),
                "reviewRating": {
                    "@type": "Rating",
                    "ratingValue": line.stars,
                    "bestRating": 5,
                    "worstRating": 1,
                },
                "reviewBody": line.told,
            }
            for line in lines
            if line.text
        ],
    }
