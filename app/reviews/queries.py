"""Reads about reviews and what a shop decided about them."""

from __future__ import annotations

from sqlalchemy import select

from app.extensions import db
from app.reviews.models import ReviewSetting


def hashtag(shop_id: int) -> str:
    """Return the shop's hashtag without the #, "" when it has none."""
    return db.session.scalar(select(ReviewSetting.hashtag).where(ReviewSetting.shop_id == shop_id)) or ""
