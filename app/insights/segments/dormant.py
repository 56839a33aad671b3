"""Who has been away for three times their rhythm, or for 90 days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement

from app.insights import places

KEY = "dormant"
NAME = "휴면 손님"
MEANING = "아주 오래 안 오신 분이에요"
ORDER = 80


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return places.dormant(shop_id)
