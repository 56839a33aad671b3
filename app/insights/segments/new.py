"""Who came once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement

from app.customers.models import Customer

KEY = "new"
NAME = "신규 손님"
MEANING = "한 번 오신 분이에요"
ORDER = 10


def condition(_shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return Customer.visit_count == 1
