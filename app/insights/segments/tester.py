"""Who was chosen for a 체험단 or a 모니터단 and stayed in it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select

from app.customers.models import Customer
from app.testers.models import Tester

KEY = "tester"
NAME = "체험단 손님"
MEANING = "체험단이나 모니터단으로 함께해 주신 분이에요"
ORDER = 124


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return Customer.id.in_(
        select(Tester.customer_id).where(
            Tester.shop_id == shop_id,
            Tester.customer_id.is_not(None),
            Tester.chosen_at.is_not(None),
            Tester.declined_at.is_(None),
        )
    )
