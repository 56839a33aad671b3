"""Reads about reviews, shaped for pages. Newest first by id: reviews are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.customers.models import Customer
from app.extensions import db
from app.reviews import rules
from app.reviews.models import Review, ReviewAsk, ReviewReply, ReviewSetting
from app.reviews.photos import PhotoLine, photos_of_reviews
from app.reviews.rules import Settings
from app.visits.models import Visit

# The home counts what waits up to here: it costs the same however many there are.
MOST_COUNTED = 99


@dataclass(frozen=True)
class ReviewLine:
    """One review as every page shows it. `disclosed` stands first wherever it is not empty."""

    id: int
    customer_id: int
    stars: int
    mood: str
    text: str
    shown_name: str
    reward: str  # "도장 1개", "" for none
    disclosed: str
    at: datetime
    visited_at: datetime
    token: str
    reply: str
    replied_at: datetime | None
    customer_name: str  # for the shop's own eyes
    photos: list[PhotoLine]

    @property
    def who(self) -> str:
        """The name as the public sees it."""
        return f"{self.shown_name} 님" if self.shown_name else rules.NAMELESS


@dataclass(frozen=True)
class ReviewPage:
    """Some reviews, newest first; `after` asks for the next ones, None at the end."""

    lines: list[ReviewLine]
    after: int | None


@dataclass(frozen=True)
class Standing:
    """All reviews of a shop in numbers: how many each star has."""

    by_stars: dict[int, int]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self.by_stars.values())

    @property
    def total(self) -> int:
        """The stars added up."""
        return sum(stars * number for stars, number in self.by_stars.items())

    @property
    def average(self) -> float:
        """The mean, 0.0 without reviews."""
        return self.total / self.count if self.count else 0.0

    @property
    def sentence(self) -> str:
        """The same in words."""
        return rules.stars_sentence(count=self.count, total=self.total)


def settings(shop_id: int) -> Settings:
    """Return what a shop decided about reviews; the defaults when it decided nothing."""
    row = db.session.execute(
        select(
            ReviewSetting.reward_stamps,
            ReviewSetting.hashtag,
            ReviewSetting.naver_url,
            ReviewSetting.kakao_url,
            ReviewSetting.google_url,
        ).where(ReviewSetting.shop_id == shop_id)
    ).one_or_none()
    return Settings(*row) if row else Settings()


def standing(shop_id: int) -> Standing:
    """Count a shop's reviews by their stars."""
    rows = db.session.execute(
        select(Review.stars, func.count()).where(Review.shop_id == shop_id).group_by(Review.stars)
    )
    found = {int(stars): int(number) for stars, number in rows}
    return Standing({stars: found.get(stars, 0) for stars in rules.STAR_WORDS})


def reviews(
    shop_id: int, *, after: int | None = None, unanswered: bool = False, limit: int = 20
) -> ReviewPage:
    """Return a shop's reviews, newest first. `after`: the id of the last one shown; `unanswered`: without a reply."""
    where: list[Any] = [Review.shop_id == shop_id]
    if after is not None:
        where.append(Review.id < after)
    if unanswered:
        where.append(Review.answered_at.is_(None))
    found = _lines(shop_id, *where, limit=limit + 1)
    shown = found[:limit]
    return ReviewPage(shown, shown[-1].id if len(found) > limit else None)


def reviews_of(*, shop_id: int, customer_id: int, limit: int = 50) -> list[ReviewLine]:
    """Return a person's own reviews, newest first."""
    return _lines(shop_id, Review.customer_id == customer_id, limit=limit)


def review(*, shop_id: int, review_id: int) -> ReviewLine | None:
    """Return one review of this shop, or None (S05)."""
    return next(iter(_lines(shop_id, Review.id == review_id, limit=1)), None)


def review_of_ask(*, shop_id: int, ask_id: int) -> ReviewLine | None:
    """Return the review that an ask brought, or None."""
    return next(iter(_lines(shop_id, Review.ask_id == ask_id, limit=1)), None)


def unanswered(shop_id: int) -> int:
    """Return how many reviews wait for the shop's answer; MOST_COUNTED + 1 stands for all above it."""
    waiting = (
        select(Review.id)
        .where(Review.shop_id == shop_id, Review.answered_at.is_(None))
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
    return int(db.session.scalar(select(func.count()).select_from(waiting)) or 0)


def _lines(shop_id: int, *where: Any, limit: int) -> list[ReviewLine]:
    rows = db.session.execute(
        select(
            Review.id,
            Review.customer_id,
            Review.stars,
            Review.mood,
            Review.text,
            Review.shown_name,
            Review.reward,
            Review.at,
            Visit.at.label("visited_at"),
            ReviewAsk.token,
            ReviewReply.text.label("reply"),
            ReviewReply.at.label("replied_at"),
            Customer.name,
        )
        .join(ReviewAsk, (ReviewAsk.shop_id == Review.shop_id) & (ReviewAsk.id == Review.ask_id))
        .join(Visit, (Visit.shop_id == ReviewAsk.shop_id) & (Visit.id == ReviewAsk.visit_id))
        .join(Customer, (Customer.shop_id == Review.shop_id) & (Customer.id == Review.customer_id))
        .outerjoin(
            ReviewReply, (ReviewReply.shop_id == Review.shop_id) & (ReviewReply.review_id == Review.id)
        )
        .where(Review.shop_id == shop_id, *where)
        .order_by(Review.id.desc())
        .limit(limit)
    )
    found = rows.all()
    shown = photos_of_reviews(shop_id, [row.id for row in found])
    return [
        ReviewLine(
            *row[:7],
            rules.disclosure(row.reward),
            row.at,
            row.visited_at,
            row.token,
            row.reply or "",
            row.replied_at,
            row.name,
            shown.get(row.id, []),
        )
        for row in found
    ]
