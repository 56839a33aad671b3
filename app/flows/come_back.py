"""안부 인사: regulars who have been silent for long by their own rhythm are asked after, once a silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from app.customers import actions as people
from app.flows.unit import write
from app.insights import queries as insights
from app.insights import rules
from app.insights.queries import Silent
from app.messages import gather, outbox, recall
from app.messages import queries as messages

KIND = "come_back"
# No silence is shorter: a stamp looks for a waiting letter only after a gap like this.
SHORTEST = timedelta(days=rules.SHORTEST_SILENCE - 1)
_BATCH = 200
# One transaction plans for so many: a stamp waits no longer than this takes.
_AT_ONCE = 20


def plan_for(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Plan for everybody of a shop who is silent at this moment; returns for how many it was new.

    Works in batches of bounded size, and stops between two of them when asked to: the next day goes on.
    """
    line = messages.automation(shop_id, KIND)
    if line is None or not line.is_on:
        return 0
    planned, after = 0, 0
    while not stop():
        silent, going_on = insights.silent_ones(shop_id=shop_id, now=now, after_id=after, limit=_BATCH)
        asked = messages.causes_known(shop_id, KIND, [_cause(each) for each in silent])
        new = [each for each in silent if _cause(each) not in asked]
        for first in range(0, len(new), _AT_ONCE):
            planned += _plan(shop_id, new[first : first + _AT_ONCE], now)
        if going_on is None:
            break
        after = going_on
    return planned


def _cause(silent: Silent) -> str:
    return f"silence:{silent.visit_id}"


def _plan(shop_id: int, silent: list[Silent], now: datetime) -> int:
    planned = 0
    with write() as session:
        for each in silent:
            person = people.customer(session, shop_id=shop_id, customer_id=each.customer_id, lock=True)
            if person is None or person.last_visit_at != each.last_visit_at:
                continue  # they came, or left, since we looked
            known = gather.look_up(session, shop_id=shop_id, customer_id=each.customer_id, now=now)
            # What somebody likes is used for an offer only with their marketing consent (개인정보 보호법 22조).
            facts = {"likes": each.likes} if each.likes and known.person.marketing else {}
            row_id = outbox.plan(
                session,
                shop_id=shop_id,
                customer_id=each.customer_id,
                kind=KIND,
                cause=_cause(each),
                due_at=now,
                facts=facts,
                now=now,
                known=known,
            )
            planned += row_id is not None
    return planned


def they_came(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    """Somebody silent stands at the counter: what waits to ask after them is not sent any more."""
    recall.cancel(
        session, shop_id=shop_id, customer_id=customer_id, kind=KIND, reason="손님이 다녀가셨어요.", now=now
    )
