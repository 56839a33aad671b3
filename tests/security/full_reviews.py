"""What a full shop does about reviews: one hidden and shown again, and its words."""

from __future__ import annotations

from typing import Any

from app.extensions import db
from app.flows import review_care
from app.flows.unit import write
from app.reviews.actions import care
from app.reviews.models import Review
from tests import factories
from tests.factories import AShop


def with_care(shop: AShop, review_id: int, word: str) -> None:
    """Hide the shop's review and show it again, so that everybody still reads it; read its words."""
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    review_care.hide(**own, review_id=review_id, cause="private", note=f"{word}쪽지")
    review_care.show_again(**own, review_id=review_id)
    with write() as session:
        text = session.scalar(db.select(Review.text).where(Review.id == review_id))
        care.put_words(
            session, shop_id=shop.id, review_id=review_id, text=text, words=[("맛", "praise")], now=own["now"]
        )
