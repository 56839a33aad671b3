"""The month's budget: each message's cost is taken from it once, before it goes out. Flush, never commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from app.kit.upsert import built_once, table_of
from app.messages import prices
from app.messages.way_models import Charge, MessageSettings, MonthSpending

_CHARGED = select(Charge.message_id).where(
    Charge.shop_id == bindparam("shop"), Charge.message_id.in_(bindparam("ids", expanding=True))
)
_FIRST = built_once(MonthSpending.__table__, lambda insert: insert.on_conflict_do_nothing())
_LIMIT = func.coalesce(
    select(MessageSettings.month_won).where(MessageSettings.shop_id == bindparam("shop")).scalar_subquery(),
    prices.MONTH_WON,
)
# Whoever comes second at the same moment sees what the first one took: never past the budget.
_RAISE = (
    update(MonthSpending)
    .where(
        MonthSpending.shop_id == bindparam("shop"),
        MonthSpending.month == bindparam("of"),
        MonthSpending.won + bindparam("cost") <= _LIMIT,
    )
    .values(won=MonthSpending.won + bindparam("cost"))
    .execution_options(synchronize_session=False)
)


def charge(session: Any, *, shop_id: int, costs: Mapping[int, int], now: datetime) -> set[int]:
    """Take what these messages cost (id → won) from this month's budget; returns those that may go.

    A message is charged once, however often it is tried. What costs nothing always may.
    """
    free = {message_id for message_id, won in costs.items() if won <= 0}
    ids = [message_id for message_id in costs if message_id not in free]
    if not ids:
        return free
    paid = set(session.scalars(_CHARGED, {"shop": shop_id, "ids": ids}))
    new = [message_id for message_id in ids if message_id not in paid]
    if not new:
        return free | paid
    month = prices.month_of(now)
    session.execute(_FIRST(session), {"shop_id": shop_id, "month": month, "won": 0, "told_share": 0})
    if _raise(session, shop_id, month, sum(costs[message_id] for message_id in new)):
        granted = new
    else:  # not for all of them: as many as there is money for, the first ones first
        granted = [message_id for message_id in new if _raise(session, shop_id, month, costs[message_id])]
    if granted:
        common = {"shop_id": shop_id, "month": month, "at": now}
        session.execute(
            insert(table_of(Charge)),
            [{**common, "message_id": message_id, "won": costs[message_id]} for message_id in granted],
        )
    return free | paid | set(granted)


def _raise(session: Any, shop_id: int, month: str, cost: int) -> bool:
    return bool(session.execute(_RAISE, {"shop": shop_id, "of": month, "cost": cost}).rowcount)
