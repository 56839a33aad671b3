"""Who came again and is no regular yet."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_

from app.customers.models import Customer
from app.insights import places

KEY = "again"
NAME = "다시 온 손님"
MEANING = "두 번 이상 오셨고 아직 단골은 아닌 분이에요"
ORDER = 20


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return and_(Customer.visit_count >= 2, Customer.visit_count < places.regular_from(shop_id))
