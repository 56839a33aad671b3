"""안부 인사 and 오랜만 인사: who has been silent for long by their own rhythm is asked after, once a silence each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from app.customers import actions as people
from app.flows import greetings
from app.flows.unit import write
from app.insights import queries as insights
from app.insights import rules
from app.insights.queries import Silent
from app.kit.clock import kst_day, start_of_day
from app.messages import gather, history, outbox, recall
from app.messages import queries as messages
from app.visits.picks import Picks, picks

KIND = "come_back"
DORMANT = "dormant"
# No silence is shorter: a stamp looks for a waiting letter only after a gap like this.
SHORTEST = timedelta(days=rules.SHORTEST_SILENCE - 1)
_SHORTEST_DORMANT = timedelta(days=rules.LONG_DAYS - 1)
# Who was asked after so lately is not greeted once more.
_APART = timedelta(days=7)
_BATCH = 200
# One transaction plans for so many: a stamp waits no longer than this takes.
_AT_ONCE = 20


def plan_for(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Plan 안부 인사 for everybody of a shop who is silent at this moment; returns for how many it was new.

    Works in batches of bounded size, and stops between two of them when asked to: the next day goes on. It
    looks at how long people have been away, so that a clock that stood catches up by itself.
    """
    return _plan_kind(shop_id, KIND, now, stop)


def plan_dormant(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Plan 오랜만 인사 for who has been away for very long, as plan_for() does; returns for how many it was new."""
    return _plan_kind(shop_id, DORMANT, now, stop)


def _plan_kind(shop_id: int, kind: str, now: datetime, stop: Callable[[], bool]) -> int:
    if not messages.switched_on(shop_id, (kind,)):
        return 0
    look = insights.dormant_ones if kind == DORMANT else insights.silent_ones
    planned, after = 0, 0
    greeted = history.told_since(shop_id, greetings.KINDS, since=start_of_day(kst_day(now)))
    recommended: Picks | None = None
    while not stop():
        silent, going_on = look(shop_id=shop_id, now=now, after_id=after, limit=_BATCH)
        causes = [_cause(each) for each in silent]
        asked = messages.causes_known(shop_id, kind, causes)
        if kind == DORMANT:
            asked |= messages.causes_known(shop_id, KIND, causes, since=now - _APART)
        else:
            asked |= messages.causes_known(shop_id, DORMANT, causes)
        # Who is congratulated today is asked after another day: one word a day.
        new = [each for each in silent if _cause(each) not in asked and each.customer_id not in greeted]
        if new and recommended is None:
            recommended = picks(shop_id=shop_id, now=now)
        for first in range(0, len(new), _AT_ONCE):
            planned += _plan(shop_id, kind, new[first : first + _AT_ONCE], recommended, now)
        if going_on is None:
            break
        after = going_on
    return planned


def _cause(silent: Silent) -> str:
    return f"silence:{silent.visit_id}"


def _plan(shop_id: int, kind: str, silent: list[Silent], recommended: Picks | None, now: datetime) -> int:
    planned = 0
    with write() as session:
        for each in silent:
            person = people.customer(session, shop_id=shop_id, customer_id=each.customer_id, lock=True)
            if person is None or person.last_visit_at != each.last_visit_at:
                continue  # they came, or left, since we looked
            known = gather.look_up(session, shop_id=shop_id, customer_id=each.customer_id, now=now)
            facts: dict[str, Any] = {"code": known.shop.code}
            # What somebody likes is used for an offer only with their marketing consent (개인정보 보호법 22조).
            if known.person.marketing:
                pick = (
                    recommended.fitting(customer_id=each.customer_id, favourite=each.favourite)
                    if recommended is not None
                    else ""
                )
                facts |= {"likes": each.likes, "pick": pick}
            row_id = outbox.plan(
                session,
                shop_id=shop_id,
                customer_id=each.customer_id,
                kind=kind,
                cause=_cause(each),
                due_at=now,
                facts=facts,
                now=now,
                known=known,
            )
            planned += row_id is not None
    return planned


def they_came(session: Any, *, shop_id: int, customer_id: int, away: timedelta, now: datetime) -> None:
    """Somebody silent stands at the counter: what waits to ask after them is not sent any more.

    `away`: since their last visit; so short an absence that nobody can have asked yet costs no look.
    """
    for kind, shortest in ((KIND, SHORTEST), (DORMANT, _SHORTEST_DORMANT)):
        if away >= shortest:
            recall.cancel(
                session, shop_id=shop_id, customer_id=customer_id, kind=kind, reason="손님이 다녀가셨어요.", now=now
            )  # fmt: skip
