"""Reads about the right to review a visit: whose it is, and whether it still holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from app.extensions import db
from app.reviews.models import Review, ReviewAsk


@dataclass(frozen=True)
class Ask:
    """The right to review one visit. `is_open`: nothing was written yet, and there is still time."""

    shop_id: int
    customer_id: int
    ask_id: int
    visit_id: int
    has_review: bool
    is_expired: bool

    @property
    def is_open(self) -> bool:
        """Tell whether a review (and its photos) can still be given."""
        return not (self.has_review or self.is_expired)


def ask_by_token(token: str, now: datetime) -> Ask | None:
    """Return whose visit the link of a review message names, or None for a link we never made."""
    row = db.session.execute(
        select(
            ReviewAsk.shop_id,
            ReviewAsk.customer_id,
            ReviewAsk.id,
            ReviewAsk.visit_id,
            exists().where(Review.shop_id == ReviewAsk.shop_id, Review.ask_id == ReviewAsk.id),
            ReviewAsk.expires_at,
        ).where(ReviewAsk.token == token)
    ).one_or_none()
    if row is None:
        return None
    shop_id, customer_id, ask_id, visit_id, has_review, expires_at = row
    return Ask(shop_id, customer_id, ask_id, visit_id, has_review, is_expired=expires_at <= now)
