"""Where people stand, as conditions: the one definition behind 단골, 뜸해진 and 휴면, whoever asks.

Visits are counted with the visit itself; silence is known since the last night, or the last minute for who came.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from app.customers.models import Customer
from app.insights import rules
from app.insights.group_models import GroupSetting
from app.insights.models import PersonStat


def regular_from(shop_id: int) -> ColumnElement[int]:
    """Return with how many visits 단골 begins in a shop, as the statement asks it."""
    own = select(GroupSetting.regular_visits).where(GroupSetting.shop_id == shop_id).scalar_subquery()
    return func.coalesce(own, rules.REGULAR_VISITS)


def is_silent() -> ColumnElement[bool]:
    """Return the condition over PersonStat: away for longer than their own rhythm explains."""
    return (PersonStat.standing == "quiet") & PersonStat.has_own_rhythm


def silent(shop_id: int) -> ColumnElement[bool]:
    """Return the condition over Customer of who is away for longer than usual; who has just come is not."""
    return _counted(shop_id, is_silent())


def dormant(shop_id: int) -> ColumnElement[bool]:
    """Return the condition over Customer of who was away for so long that it may be over."""
    return _counted(shop_id, PersonStat.standing == "dormant")


def away(shop_id: int) -> ColumnElement[bool]:
    """Return the condition over Customer of who is either."""
    return _counted(shop_id, or_(is_silent(), PersonStat.standing == "dormant"))


def vip(shop_id: int) -> ColumnElement[bool]:
    """Return the condition over Customer of who is VIP (insights/vip.py)."""
    return Customer.id.in_(
        select(PersonStat.customer_id).where(PersonStat.shop_id == shop_id, PersonStat.is_vip)
    )


def place(shop_id: int) -> ColumnElement[str]:
    """Return over PersonStat where somebody stands: new | again | regular | silent | dormant, "" never came."""
    return case(
        (PersonStat.visits <= 0, ""),
        (PersonStat.standing == "dormant", "dormant"),
        (is_silent(), "silent"),
        (PersonStat.visits >= regular_from(shop_id), "regular"),
        (PersonStat.visits > 1, "again"),
        else_="new",
    )


def _counted(shop_id: int, *which: Any) -> ColumnElement[bool]:
    people = select(PersonStat.customer_id).where(PersonStat.shop_id == shop_id, *which)
    return Customer.id.in_(people) & or_(Customer.stale_at.is_(None), Customer.visit_count == 0)
