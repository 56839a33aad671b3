"""What the law wants told is told in time: another way for what did not arrive, the owner's hand before the last day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.customers import actions as people
from app.flows.unit import write
from app.messages import duties, outbox, recall
from app.messages.duties import Unreached

_OTHER_WAY = "오래 기다려서 다른 방법으로 보내요."


def see_to_results(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Give every notice that reached nobody one more way; returns how many (망법 50조⑦: within 14 days).

    Looks at all that may still be told in time, so that a clock that stood catches up; one row a way.
    """
    done = 0
    for notice in duties.unreached(shop_id, now=now):
        if stop():
            break
        done += _another_way(notice, now)
    return done


def _another_way(notice: Unreached, now: datetime) -> bool:
    """Give one a further way, in whose place the one it waits on goes no more: nobody is told twice."""
    with write() as session:
        who = {"shop_id": notice.shop_id, "customer_id": notice.customer_id}
        if people.customer(session, **who, lock=True) is None:
            return False
        untold = duties.held(session, notice, now=now)
        if untold is None:
            return False
        way = outbox.plan_another_way(session, row=untold.row, tried=untold.tried, now=now)
        if way is not None and untold.waiting:
            recall.set_aside(session, shop_id=notice.shop_id, ids=untold.waiting, reason=_OTHER_WAY)
        return way is not None
