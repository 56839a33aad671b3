"""Everybody who holds a card."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, true

KEY = "all"
NAME = "모든 손님"
MEANING = "카드를 가진 손님 모두예요"
ORDER = 0


def condition(_shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return true()
