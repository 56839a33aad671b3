"""Whose turn it is: which shops have something due on which channels, read by leaping from one to the next.

Fifty thousand rows of one shop cost this no more than one row: the index of what waits is entered once for
each shop and channel, never walked. A channel that must rest, and a shop's own account that does, are passed by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from app.kit.columns import UtcDateTime
from app.messages import registry
from app.messages.models import ChannelHealth, Message
from app.messages.way_models import ChannelAccount

OPEN = ("ready", "claimed", "sending", "unknown")
# An account in one of these states sends nothing until somebody saw to it; its messages wait. Also one that is off:
# it is off between two tries of new keys as well, and the owner is told that what waits goes on waiting.
STANDS_STILL = ("wrong", "paused", "off")


@dataclass(frozen=True, slots=True)
class Line:
    """A shop's queue on one channel: something in it is due."""

    shop_id: int
    channel: str
    since: datetime  # when its oldest became due


def waits(row: Any) -> ColumnElement[bool]:
    """Return the condition of the index of waiting rows, written as the index has it: no parameter in it."""
    return and_(row.state == literal_column("'ready'"), row.staged_at.is_(None))


def still_open(row: Any, *states: str) -> ColumnElement[bool]:
    """Return the condition that a row is in one of these open states, as the index of open rows has it."""
    open_states: list[Any] = [literal_column(f"'{state}'") for state in OPEN]
    return and_(row.state.in_(open_states), row.state.in_(states))


def lines(session: Any, *, now: datetime, now_ms: int, limit: int) -> list[Line]:
    """Return the queues in which something may be sent at this moment, the longest waiting first.

    `now` is the application's clock, `now_ms` the database's (unix milliseconds).
    """
    found = session.execute(_lines(_accounts()), {"now": now, "now_ms": now_ms, "most": limit})
    return [Line(*row) for row in found]


def _accounts() -> tuple[tuple[str, str], ...]:
    """Return the channels that travel by a shop's own account, each with its provider."""
    able = ((key, channel.CAPABILITIES.account) for key, channel in registry.channels().items())
    return tuple((key, provider) for key, provider in able if provider)


@cache
def _lines(accounts: tuple[tuple[str, str], ...]) -> Any:
    first, last, step = aliased(Message), aliased(Message), aliased(Message)
    order = (first.shop_id, first.channel, first.due_at, first.id)
    start = select(first.id).where(waits(first)).order_by(*order).limit(1).scalar_subquery()
    line = select(start.label("id")).cte("line", recursive=True)
    # The shop's next channel, else the next shop's first one. Two looks into the index: one comparison of both
    # columns would make SQLite walk through all rows of the shop.
    of_same = select(step.id).where(waits(step), step.shop_id == last.shop_id, step.channel > last.channel)
    of_next = select(step.id).where(waits(step), step.shop_id > last.shop_id)
    after = func.coalesce(
        _first(of_same.order_by(step.channel, step.due_at, step.id), last),
        _first(of_next.order_by(step.shop_id, step.channel, step.due_at, step.id), last),
    )
    line = line.union_all(select(after).select_from(line).join(last, last.id == line.c.id))
    head = aliased(Message)
    return (
        select(head.shop_id, head.channel, head.due_at)
        .select_from(line)
        .join(head, head.id == line.c.id)
        .where(
            head.due_at <= bindparam("now", type_=UtcDateTime()),
            head.channel.not_in(
                select(ChannelHealth.channel).where(ChannelHealth.rest_until_ms > bindparam("now_ms"))
            ),
            ~_account_rests(head, dict(accounts)),
            _something_due(head),
        )
        .order_by(head.due_at, head.id)
        .limit(bindparam("most"))
    )


def _first(query: Any, last: Any) -> Any:
    return query.limit(1).correlate(last).scalar_subquery()


def _something_due(head: Any) -> ColumnElement[bool]:
    """Not everything that is due waits for its next try."""
    due = aliased(Message)
    return (
        select(due.id)
        .where(
            waits(due),
            due.shop_id == head.shop_id,
            due.channel == head.channel,
            due.due_at <= bindparam("now", type_=UtcDateTime()),
            tried_long_enough_ago(due),
        )
        .correlate(head)
        .exists()
    )


def tried_long_enough_ago(row: Any) -> ColumnElement[bool]:
    """Return the condition that a row is not waiting for its next try (`now_ms`: the database's clock)."""
    return or_(row.lease_ms.is_(None), row.lease_ms <= bindparam("now_ms"))


def _account_rests(head: Any, accounts: dict[str, str]) -> ColumnElement[bool]:
    provider = case(accounts, value=head.channel, else_="") if accounts else literal_column("''")
    return (
        select(ChannelAccount.id)
        .where(
            ChannelAccount.shop_id == head.shop_id,
            ChannelAccount.provider == provider,
            or_(
                ChannelAccount.state.in_(STANDS_STILL),
                ChannelAccount.rest_until_ms > bindparam("now_ms"),
            ),
        )
        .correlate(head)
        .exists()
    )
