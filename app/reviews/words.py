"""Reads what people praise and blame in words, and which reviews say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.extensions import db
from app.kit.clock import next_month, start_of_day
from app.reviews.care_models import ReviewGoods, ReviewWord
from app.reviews.models import Review
from app.reviews.photos import is_hidden

# So many words of a side stand on the page: the ones said most.
_MOST = 12
PRAISE, BLAME = "praise", "blame"


@dataclass(frozen=True)
class Span:
    """Which reviews are looked at: of a month (its first day) or all, of one product or all."""

    month: date | None = None
    product_id: int | None = None


@dataclass(frozen=True)
class Said:
    """A word on one side (praise | blame), and of which reviews."""

    word: str
    side: str
    span: Span = Span()


@dataclass(frozen=True)
class Words:
    """What is said, by side: (word, reviews that say it). `reviews`: how many were read, with and without any."""

    praise: list[tuple[str, int]]
    blame: list[tuple[str, int]]
    reviews: int


def words(shop_id: int, span: Span) -> Words:
    """Return what is praised and what is blamed, the most said first."""
    many = func.count()
    rows = db.session.execute(
        select(ReviewWord.side, ReviewWord.word, many)
        .join(Review, (Review.shop_id == ReviewWord.shop_id) & (Review.id == ReviewWord.review_id))
        .where(ReviewWord.shop_id == shop_id, *_within(shop_id, span))
        .group_by(ReviewWord.side, ReviewWord.word)
        .order_by(many.desc(), ReviewWord.word)
    )
    found: dict[str, list[tuple[str, int]]] = {PRAISE: [], BLAME: []}
    for side, word, number in rows:
        found[side].append((word, int(number)))
    read = select(func.count()).where(Review.shop_id == shop_id, Review.words_at.is_not(None))
    return Words(
        found[PRAISE][:_MOST],
        found[BLAME][:_MOST],
        int(db.session.scalar(read.where(*_within(shop_id, span))) or 0),
    )


def saying(shop_id: int, said: Said) -> Select[Any]:
    """Return the statement of the reviews that use a word."""
    return (
        select(ReviewWord.review_id)
        .join(Review, (Review.shop_id == ReviewWord.shop_id) & (Review.id == ReviewWord.review_id))
        .where(
            ReviewWord.shop_id == shop_id,
            ReviewWord.word == said.word,
            ReviewWord.side == said.side,
            *_within(shop_id, said.span),
        )
    )


def first_month(shop_id: int) -> datetime | None:
    """Return when the first review was left; None without any."""
    found: datetime | None = db.session.scalar(
        select(Review.at).where(Review.shop_id == shop_id).order_by(Review.id).limit(1)
    )
    return found


def _within(shop_id: int, span: Span) -> list[Any]:
    """Return the conditions of a span; what is hidden is not counted."""
    found: list[Any] = [~is_hidden(shop_id, Review.id)]
    if span.month is not None:
        found += [Review.at >= start_of_day(span.month), Review.at < start_of_day(next_month(span.month))]
    if span.product_id is not None:
        bought = select(ReviewGoods.review_id).where(
            ReviewGoods.shop_id == shop_id,
            ReviewGoods.product_id == span.product_id,
            ReviewGoods.review_id == Review.id,
        )
        found.append(bought.exists())
    return found


@dataclass(frozen=True)
class Unread:
    """A review whose words were not looked for yet."""

    shop_id: int
    review_id: int
    text: str


def unread(*, before: datetime, limit: int) -> list[Unread]:
    """Return reviews of all shops, left before a moment, that nobody has read for their words, the oldest first."""
    rows = db.session.execute(
        select(Review.shop_id, Review.id, Review.text)
        .where(Review.words_at.is_(None), Review.at < before)
        .order_by(Review.id)
        .limit(limit)
    )
    return [Unread(*row) for row in rows]
