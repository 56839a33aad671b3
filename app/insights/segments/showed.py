"""Who showed the shop a photo of what they cooked, saw or used."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select

from app.board.story_models import Story
from app.customers.models import Customer

KEY = "showed"
NAME = "사진 올린 손님"
MEANING = "손님 사진을 한 번이라도 올려 주신 분이에요"
ORDER = 112


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return Customer.id.in_(select(Story.customer_id).where(Story.shop_id == shop_id))
