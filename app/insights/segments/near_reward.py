"""Who lacks one or two stamps until the next reward, also one on the way to the full card."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from app.cards.models import Card, CardRule
from app.customers.models import Customer
from app.extensions import db

KEY = "near_reward"
NAME = "혜택 직전 손님"
MEANING = "도장 한두 개만 더 모으면 혜택을 받는 분이에요"
ORDER = 100
_LEFT = (1, 2)


def condition(shop_id: int, _today: date) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it. A card follows the rule it began with: few are in use."""
    rules = db.session.execute(
        select(CardRule.id, CardRule.goal, CardRule.stages).where(CardRule.shop_id == shop_id)
    )
    near = [
        and_(Card.rule_id == rule_id, Card.balance.in_(_before(goal, stages)))
        for rule_id, goal, stages in rules
    ]
    return Customer.id.in_(
        select(Card.customer_id).where(Card.shop_id == shop_id, Card.closed_at.is_(None), or_(False, *near))
    )


def _before(goal: int, stages: list[list[object]]) -> list[int]:
    """Return the balances from which a reward is one or two stamps away."""
    ends = [goal, *(int(str(stage[0])) for stage in stages or [])]
    return sorted({end - left for end in ends for left in _LEFT if end >= left})
