"""What the law wants told is told in time: another way for what did not arrive, the owner's hand before the last day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from app.customers import actions as people
from app.flows.unit import write
from app.messages import duties, outbox
from app.messages.models import Message


def see_to_results(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Give every notice that reached nobody one more way; returns how many (망법 50조⑦: within 14 days).

    Looks at all that may still be told in time, so that a clock that stood catches up; one row a way.
    """
    done = 0
    for notice in duties.unreached(shop_id, now=now):
        if stop():
            break
        with write() as session:
            row = session.scalar(
                select(Message).where(Message.shop_id == shop_id, Message.id == notice.row_id)
            )
            if row is None or people.customer(session, shop_id=shop_id, customer_id=row.customer_id) is None:
                continue
            way = outbox.plan_another_way(session, row=row, tried=notice.tried, now=now)
            done += way is not None
    return done
