"""Who has been away for longer than their own rhythm explains."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement

from app.insights import places

KEY = "silent"
NAME = "뜸해진 손님"
MEANING = "평소 오시던 간격보다 훨씬 오래 안 오신 분이에요"
ORDER = 70


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return places.silent(shop_id)
