"""Who agreed to ads as text messages, and did not refuse them since."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement

from app.customers.agreeing import agreed_to_ads

KEY = "agreed"
NAME = "광고에 동의한 손님"
MEANING = "광고 문자를 받겠다고 하신 분이에요"
ORDER = 130
IS_SLOW = True  # everybody's newest word on three kinds of consent


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return agreed_to_ads(shop_id)
