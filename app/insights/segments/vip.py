"""The first fifth of who came within a year, with three visits; by value where most visits carry amounts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement

from app.insights import places

KEY = "vip"
NAME = "VIP 손님"
MEANING = "한 해 동안 가장 자주 오신 20% 손님이에요. 금액을 주로 적는 가게는 쓰신 돈으로 봐요"
ORDER = 50


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return places.vip(shop_id)
