"""Whose birthday is kept this month, solar or lunar, and who agreed that the shop keeps it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement

from app.customers.days import birthday_in, month_of

KEY = "birthday"
NAME = "이번 달 생일 손님"
MEANING = "이번 달에 생일이 있는 분이에요. 음력 생일도 찾아요"
ORDER = 90
IS_APART = True  # an index finds the few; asked of everybody it would be sixty days for each


def condition(shop_id: int, today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return birthday_in(shop_id, month_of(today))
