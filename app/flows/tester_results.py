"""What became of it is told: who was chosen and who was not, a 모니터단's thanks, and "이렇게 바꿨어요"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.flows import tester_coupon
from app.flows.programme import standing
from app.flows.tester_each import TOLD_AFTER, each, page_of
from app.messages import outbox
from app.testers import actions, rules
from app.testers.models import Programme, Tester

_CHOSEN = "뽑히셨어요. 받아 가시는 법은 카드에 적어 두었어요."
_CHOSEN_MONITOR = "뽑히셨어요. 언제 무엇을 여쭤볼지 카드에 적어 두었어요."
_NOT_CHOSEN = "아쉽지만 이번에는 모시지 못하게 되었어요."


def choosing_is_over(row: Programme, now: datetime) -> bool:
    """Tell whether nobody more is going to be chosen: all places taken, drawn, said by the owner, or too late.

    While one may apply it never is, but for a programme that has ended.
    """
    place = standing(row)
    if row.ended_at is not None:
        return True
    if place.takes_applications(now):
        return False
    if row.drawn_at is not None or row.settled_at is not None or not place.takes_answers(now):
        return True
    last_place = db.session.scalar(
        select(Tester.id)
        .where(
            Tester.shop_id == row.shop_id,
            Tester.programme_id == row.id,
            Tester.chosen_at.is_not(None),
            Tester.declined_at.is_(None),
        )
        .offset(max(row.places, 1) - 1)
        .limit(1)
    )
    return last_place is not None


def tell_results(row: Programme, now: datetime) -> bool:
    """Tell some of those who were chosen, and once choosing is over those who were not."""
    waits = [Tester.applied_at.is_not(None), Tester.declined_at.is_(None), Tester.told_at.is_(None)]
    if not choosing_is_over(row, now):
        waits.append(Tester.chosen_at.is_not(None))
    elif row.ended_at is not None:  # who was chosen the moment before it ended has nothing to come for
        waits.append(Tester.chosen_at.is_(None))

    def tell(session: Any, held: Programme, mine: Tester, customer_id: int) -> None:
        is_chosen = mine.chosen_at is not None
        words = (_CHOSEN if held.sort == rules.TRIAL else _CHOSEN_MONITOR) if is_chosen else _NOT_CHOSEN
        outbox.plan(
            session,
            shop_id=held.shop_id,
            customer_id=customer_id,
            kind="event_result",
            cause=f"tester:{mine.id}:{'chosen' if is_chosen else 'not'}",
            due_at=(mine.chosen_at or now) + TOLD_AFTER,
            facts={
                "event": rules.name_of(held.product, held.sort),
                "result": words,
                "path": page_of(session, held),
            },
            now=now,
        )
        if is_chosen and held.sort == rules.TRIAL:
            tester_coupon.give(session, row=held, mine=mine, customer_id=customer_id, now=now)
        mine.told_at = now

    return each(row, waits, tell)


def thank(row: Programme, now: datetime) -> bool:
    """Give some of a 모니터단 that is over, by its term or by a verdict, what was promised: whoever answered at all."""
    if row.sort != rules.MONITOR or standing(row).takes_answers(now) or row.coupon_kind_id is None:
        return False
    waits = [
        Tester.chosen_at.is_not(None),
        Tester.declined_at.is_(None),
        Tester.rewarded_at.is_(None),
    ]

    def tell(session: Any, held: Programme, mine: Tester, customer_id: int) -> None:
        if actions.has_answered(session, tester=mine):
            tester_coupon.give(session, row=held, mine=mine, customer_id=customer_id, now=now)
        mine.rewarded_at = now

    return each(row, waits, tell)


def tell_change(row: Programme, now: datetime) -> bool:
    """Tell some of those who answered what became of it."""
    if row.change_at is None:
        return False
    waits = [Tester.chosen_at.is_not(None), Tester.declined_at.is_(None), Tester.change_told_at.is_(None)]

    def tell(session: Any, held: Programme, mine: Tester, customer_id: int) -> None:
        if actions.has_answered(session, tester=mine):
            outbox.plan(
                session,
                shop_id=held.shop_id,
                customer_id=customer_id,
                kind="tester_changed",
                cause=f"tester:{mine.id}:change",
                due_at=now,
                facts={"product": held.product, "path": page_of(session, held)},
                now=now,
            )
        mine.change_told_at = now

    return each(row, waits, tell)
