"""Regulars: the shop says with how many visits that begins."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement

from app.customers.models import Customer
from app.insights import places

KEY = "regular"
NAME = "단골"
MEANING = "{단골}번 이상 오신 분이에요"
ORDER = 30


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return Customer.visit_count >= places.regular_from(shop_id)
