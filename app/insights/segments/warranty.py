"""Who holds a warranty."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select

from app.customers.models import Customer
from app.warranties.models import Warranty

KEY = "warranty"
NAME = "보증서 가진 손님"
MEANING = "보증 기간이 남은 보증서를 가진 분이에요"
ORDER = 140


def condition(shop_id: int, today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return Customer.id.in_(
        select(Warranty.customer_id).where(
            Warranty.shop_id == shop_id,
            Warranty.customer_id.is_not(None),
            Warranty.ended_at.is_(None),
            Warranty.until >= today,
        )
    )
