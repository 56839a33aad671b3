"""Who told the shop that something was not right: for the owner's ears alone, as what they said is."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select

from app.customers.models import Customer
from app.voices.models import Voice

KEY = "complained"
NAME = "불만이 있었던 손님"
MEANING = "불편을 말씀해 주신 분이에요"
ORDER = 120
OWNER_ALONE = True


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    return Customer.id.in_(
        select(Voice.customer_id).where(Voice.shop_id == shop_id, Voice.kind == "complaint")
    )
