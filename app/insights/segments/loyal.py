"""Regulars who brought somebody that came."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, select

from app.customers.models import Customer
from app.insights import places
from app.referrals.models import Referral

KEY = "loyal"
NAME = "충성 손님"
MEANING = "단골이면서 새 손님을 모셔 온 분이에요"
ORDER = 40


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it."""
    brought = select(Referral.inviter_id).where(
        Referral.shop_id == shop_id, Referral.came_at.is_not(None), Referral.visit_id.is_not(None)
    )
    return and_(Customer.visit_count >= places.regular_from(shop_id), Customer.id.in_(brought))
