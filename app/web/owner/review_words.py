"""칭찬과 아쉬움: what people praise and blame in words, by month and product, with the reviews behind each word."""

from __future__ import annotations

import re
from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.kit.clock import kst_day, months_back, next_month
from app.reviews import sums
from app.reviews import words as said
from app.reviews.words import BLAME, PRAISE, Said, Span
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.readable import row_number


@door(bp, "/owner/reviews/words", audience="owner", role="manager", tenant="session")
def review_words() -> ResponseReturnValue:
    """Show both sides beside each other: never the praise alone."""
    shop_id = current_staff().shop.id
    span, first = _span(), said.first_month(shop_id)
    products = sums.reviewed(shop_id)
    today = kst_day(now()).replace(day=1)
    began = kst_day(first).replace(day=1) if first else today
    month = span.month
    return render_template(
        "owner/review_words.html",
        found=said.words(shop_id, span),
        span=span,
        products=products,
        product=next((each for each in products if each.product_id == span.product_id), None),
        last=today if first else None,
        before=months_back(month, 1) if month and began < month else None,
        after=next_month(month) if month and month < today else None,
    )


def _span() -> Span:
    return Span(_month(), row_number(request.args.get("product")))


def _month() -> date | None:
    named = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", request.args.get("month", ""))
    return date(int(named[1]), int(named[2]), 1) if named else None


def chosen_word() -> Said | None:
    """Return the word whose reviews are asked for, None without one."""
    word, side = request.args.get("word", "")[:20], request.args.get("side")
    return Said(word, side, _span()) if word and side in (PRAISE, BLAME) else None
