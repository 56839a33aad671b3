"""The month's budget: each message's cost is taken from it once, before it goes out. Flush, never commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from app.kit.upsert import built_once, table_of
from app.messages import accounts, prices, registry
from app.messages.models import Message
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

_ANYWAY = (
    update(MonthSpending)
    .where(MonthSpending.shop_id == bindparam("shop"), MonthSpending.month == bindparam("of"))
    .values(won=MonthSpending.won + bindparam("cost"))
    .execution_options(synchronize_session=False)
)
_WORDS = select(Message.id, Message.channel, Message.text, Message.facts).where(
    Message.shop_id == bindparam("shop"), Message.id.in_(bindparam("ids", expanding=True))
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
    month = _open_month(session, shop_id, now)
    if _raise(session, shop_id, month, sum(costs[message_id] for message_id in new)):
        granted = new
    else:  # not for all of them: as many as there is money for, the first ones first
        granted = [message_id for message_id in new if _raise(session, shop_id, month, costs[message_id])]
    if granted:
        _note(session, shop_id, month, {message_id: costs[message_id] for message_id in granted}, now)
    return free | paid | set(granted)


def note_paid(session: Any, *, shop_id: int, ids: Sequence[int], now: datetime) -> None:
    """Write down what these cost that have gone out, if they were not charged: each once, whatever the budget says.

    Only after a restore one goes out uncharged: it may go and be paid for, and the budget have nothing left for it
    when it is found. What it cost is read off the words it went with, by the account's prices of today.
    """
    paid = set(session.scalars(_CHARGED, {"shop": shop_id, "ids": ids})) if ids else set()
    new = [message_id for message_id in ids if message_id not in paid]
    if not new:
        return
    costs: dict[int, int] = {}
    for row in session.execute(_WORDS, {"shop": shop_id, "ids": new}):
        can = registry.channel(row.channel).CAPABILITIES
        if can.account:
            account = accounts.any_state(session, shop_id=shop_id, provider=can.account)
            form = prices.form_of(row.text, channel=can, photo=bool(row.facts.get("photo")))
            costs[row.id] = prices.price_of(account, form)
    costs = {message_id: won for message_id, won in sorted(costs.items()) if won > 0}
    if costs:
        month = _open_month(session, shop_id, now)
        session.execute(_ANYWAY, {"shop": shop_id, "of": month, "cost": sum(costs.values())})
        _note(session, shop_id, month, costs, now)


def _open_month(session: Any, shop_id: int, now: datetime) -> str:
    month = prices.month_of(now)
    session.execute(_FIRST(session), {"shop_id": shop_id, "month": month, "won": 0, "told_share": 0})
    return month


def _note(session: Any, shop_id: int, month: str, costs: Mapping[int, int], now: datetime) -> None:
    common = {"shop_id": shop_id, "month": month, "at": now}
    session.execute(
        insert(table_of(Charge)),
        [{**common, "message_id": message_id, "won": won} for message_id, won in costs.items()],
    )


def _raise(session: Any, shop_id: int, month: str, cost: int) -> bool:
    return bool(session.execute(_RAISE, {"shop": shop_id, "of": month, "cost": cost}).rowcount)
