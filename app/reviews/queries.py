"""Reads about reviews and what a shop decided about them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.extensions import db
from app.reviews.models import ReviewSetting


@dataclass(frozen=True)
class Settings:
    """What a shop decided about reviews. `hashtag` without the #, "" when it has none."""

    hashtag: str = ""


def settings(shop_id: int) -> Settings:
    """Return what the shop decided; the defaults while it decided nothing."""
    row = db.session.execute(
        select(ReviewSetting.hashtag).where(ReviewSetting.shop_id == shop_id)
    ).one_or_none()
    return Settings(*row) if row else Settings()
