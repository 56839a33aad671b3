"""Reads what a shop's messages cost this month, and whether its owner has to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.messages import prices, registry
from app.messages.models import Message
from app.messages.way_models import Charge, MessageSettings, MonthSpending


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
        return f"{prices.OVER} 이번 달에는 더 나가지 않아요. 한도를 올리면 다시 나가요."
    return f"이번 달 문자 값이 {month_won:,}원 가운데 {won:,}원이 됐어요."


@dataclass(frozen=True)
class KindCost:
    """What the messages of one kind cost in a month, in won."""

    label: str
    count: int
    won: int


def by_kind(shop_id: int, *, month: str) -> list[KindCost]:
    """Return what each kind cost in a month ("2026-11"), the dearest first."""
    rows = db.session.execute(
        select(Message.kind, func.count().label("number"), func.sum(Charge.won).label("won"))
        .join(Charge, (Charge.shop_id == Message.shop_id) & (Charge.message_id == Message.id))
        .where(Message.shop_id == shop_id, Charge.shop_id == shop_id, Charge.month == month)
        .group_by(Message.kind)
    )
    kinds = registry.kinds()
    found = [
        KindCost(kinds[row.kind].label if row.kind in kinds else row.kind, row.number, int(row.won))
        for row in rows
    ]
    return sorted(found, key=lambda each: (-each.won, each.label))


def last_months(shop_id: int, *, now: datetime, limit: int = 6) -> list[tuple[str, int]]:
    """Return ("2026-10", won) of the months before this one in which something was spent, the latest first."""
    rows = db.session.execute(
        select(MonthSpending.month, MonthSpending.won)
        .where(
            MonthSpending.shop_id == shop_id,
            MonthSpending.month < prices.month_of(now),
            MonthSpending.won > 0,
        )
        .order_by(MonthSpending.month.desc())
        .limit(limit)
    )
    return [(row.month, row.won) for row in rows]


def waiting(shop_id: int) -> int:
    """Count the messages that wait for the next month because this one's budget is used up."""
    which = (Message.shop_id == shop_id, Message.state == "ready", Message.code == "budget")
    return int(db.session.scalar(select(func.count()).where(*which)) or 0)
