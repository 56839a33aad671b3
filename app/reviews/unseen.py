"""Reads the photos of reviews that a shop wants to look at before everybody may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, func, select

from app.extensions import db
from app.reviews import photos
from app.reviews.models import Photo, Review, ReviewSetting

# On one screen; what is left comes up once these are seen to.
AT_ONCE = 30
_MOST_COUNTED = 99


@dataclass(frozen=True)
class Unseen:
    """A photo that waits for the shop's look, with the review it belongs to."""

    ref: str
    width: int
    height: int
    review_id: int
    stars: int
    text: str
    at: datetime


def _waits(shop_id: int) -> tuple[ColumnElement[bool], ...]:
    looks_first = select(ReviewSetting.shop_id).where(
        ReviewSetting.shop_id == shop_id, ReviewSetting.checks_photos
    )
    return (
        Photo.shop_id == shop_id,
        Photo.state == "ready",
        Photo.review_id.is_not(None),
        Photo.passed_at.is_(None),
        ~photos.is_hidden(shop_id, Photo.review_id),
        looks_first.exists(),
    )


def unseen(shop_id: int) -> list[Unseen]:
    """Return the photos that wait longest, AT_ONCE of them at most."""
    rows = db.session.execute(
        select(Photo.ref, Photo.width, Photo.height, Review.id, Review.stars, Review.text, Photo.at)
        .join(Review, (Review.shop_id == Photo.shop_id) & (Review.id == Photo.review_id))
        .where(*_waits(shop_id))
        .order_by(Photo.id)
        .limit(AT_ONCE)
    )
    return [Unseen(*row) for row in rows]


def count(shop_id: int) -> int:
    """Return how many wait; _MOST_COUNTED + 1 stands for all above it."""
    some = select(Photo.id).where(*_waits(shop_id)).limit(_MOST_COUNTED + 1).subquery()
    return int(db.session.scalar(select(func.count()).select_from(some)) or 0)


def unseen_of_reviews(shop_id: int, review_ids: Sequence[int]) -> dict[Any, int]:
    """Return how many photos of each review are not shown yet, because the shop wants to see them first."""
    if not review_ids:
        return {}
    rows = db.session.execute(
        select(Photo.review_id, func.count())
        .where(*_waits(shop_id), Photo.review_id.in_(review_ids))
        .group_by(Photo.review_id)
    )
    return {number: int(many) for number, many in rows}


def refused_of_reviews(shop_id: int, review_ids: Sequence[int]) -> dict[Any, list[str]]:
    """Return why photos of each review are not shown, in the words for their writer."""
    found: dict[Any, list[str]] = {}
    if review_ids:
        rows = db.session.execute(
            select(Photo.review_id, Photo.reason)
            .where(Photo.shop_id == shop_id, Photo.review_id.in_(review_ids), Photo.state == "refused")
            .order_by(Photo.id)
        )
        for number, reason in rows:
            found.setdefault(number, []).append(reason)
    return found


def open_unseen(shop_id: int, ref: str) -> BinaryIO | None:
    """Open the small WebP of one that waits; None for any other, and for another shop's (S05)."""
    waits = db.session.scalar(select(Photo.ref).where(*_waits(shop_id), Photo.ref == ref))
    return photos.open_known(shop_id, waits, small=True) if waits else None
