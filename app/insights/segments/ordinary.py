"""Who comes still, and is neither new nor VIP."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, not_

from app.customers.models import Customer
from app.insights import places

KEY = "ordinary"
NAME = "일반 손님"
MEANING = "두 번 이상 오셨고 요즘도 오시는 분이에요. VIP는 빼요"
ORDER = 60


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return and_(
        Customer.visit_count >= 2,
        not_(places.vip(shop_id)),
        not_(places.away(shop_id)),
    )
