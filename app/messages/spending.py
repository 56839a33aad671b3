"""Reads what a shop's messages cost this month, and whether its owner has to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.messages import prices
from app.messages.way_models import MessageSettings, MonthSpending


@dataclass(frozen=True)
class Spending:
    """A month's costs beside its budget, in won."""

    month: str  # "2026-11"
    won: int
    month_won: int  # the budget
    share: int  # percent of it that is used
    told_share: int  # the share the owner has put away already
    alert: str  # what the owner reads about it, or ""

    @property
    def left(self) -> int:
        """Return what may still be spent."""
        return max(0, self.month_won - self.won)


def this_month(shop_id: int, *, now: datetime) -> Spending:
    """Return the costs of the calendar month in Korea that `now` lies in."""
    month = prices.month_of(now)
    limit = select(MessageSettings.month_won).where(MessageSettings.shop_id == shop_id).scalar_subquery()
    spent = select(MonthSpending).where(MonthSpending.shop_id == shop_id, MonthSpending.month == month)
    month_won = int(db.session.scalar(select(func.coalesce(limit, prices.MONTH_WON))) or 0)
    row = db.session.scalars(spent).one_or_none()
    won, told = (row.won, row.told_share) if row is not None else (0, 0)
    share = prices.share_of(won, month_won) if won else 0
    return Spending(month, won, month_won, share, told, _alert(share, told, won, month_won))


def _alert(share: int, told: int, won: int, month_won: int) -> str:
    """Return the sentence for the highest mark that is reached and not put away yet."""
    reached = max((mark for mark in prices.TOLD_AT if share >= mark), default=0)
    if reached <= told:
        return ""
    if reached >= 100:
        return f"{prices.OVER} 새 문자는 다음 달에 나가요. 한도는 문자 값에서 바꿀 수 있어요."
    return f"이번 달 문자 값이 {month_won:,}원 가운데 {won:,}원이 됐어요."
