"""Who left a review."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select

from app.customers.models import Customer
from app.reviews.models import Review

KEY = "reviewed"
NAME = "후기 남긴 손님"
MEANING = "후기를 한 번이라도 써 주신 분이에요"
ORDER = 110


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return Customer.id.in_(select(Review.customer_id).where(Review.shop_id == shop_id))
