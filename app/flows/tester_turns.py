"""What people of a programme still have to be told, in small steps, each a transaction of its own.

Who is invited, who was chosen and who was not, what a 모니터단 is asked each month, its thanks at the end, and
"이렇게 바꿨어요". Every step marks its rows in the same transaction, and a message's cause lets one in: killed between
two, it goes on where it was; two workers at once tell nobody twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.cards.actions import merged
from app.customers import actions as people
from app.extensions import db
from app.flows import coupon_rules
from app.flows.programme import answers_until, standing
from app.flows.unit import after_a_race, end_reading, write
from app.insights import groups
from app.kit.clock import kst_day
from app.messages import outbox
from app.shops import actions as shops
from app.testers import actions, rules
from app.testers.at_work import at_work
from app.testers.models import Programme, Tester

# One transaction tells so many: a stamp waits no longer than this takes.
_AT_ONCE = 20
# So long after the first question one is asked once more.
AGAIN_AFTER = timedelta(days=3)
# The owner sees who was chosen, and may still let somebody go before they are told.
TOLD_AFTER = timedelta(minutes=10)
_CHOSEN = "뽑히셨어요. 받아 가시는 법은 카드에 적어 두었어요."
_CHOSEN_MONITOR = "뽑히셨어요. 언제 무엇을 여쭤볼지 카드에 적어 두었어요."
_NOT_CHOSEN = "이번에는 함께하지 못하게 되었어요."


def see_to(*, now: datetime, stop: Callable[[], bool] = lambda: False) -> None:
    """Do what programmes of all shops wait for."""
    for shop_id, programme_id in at_work():
        if stop():
            return
        go_on(shop_id=shop_id, programme_id=programme_id, now=now, stop=stop)


def go_on(
    *, shop_id: int, programme_id: int, now: datetime, stop: Callable[[], bool] = lambda: False
) -> None:
    """Do what one programme waits for, to the end or until asked to stop."""
    for work in (_invite, _tell_results, _ask_this_month, _thank, _tell_change):
        while not stop():
            end_reading()
            row = db.session.scalar(
                select(Programme).where(Programme.shop_id == shop_id, Programme.id == programme_id)
            )
            if row is None or not after_a_race(lambda work=work, row=row: work(row, now)):  # type: ignore[misc]
                break


def ask(
    session: Any,
    *,
    row: Programme,
    tester: Tester,
    customer_id: int,
    due: datetime,
    now: datetime,
    month: str = "",
) -> None:
    """Plan the question and the one reminder, each only while answers are taken. `month`: "2026-12" of a 모니터단.

    Inside a flow; the same cause never asks twice.
    """
    until = answers_until(row)
    about = f"{int(month[5:])}월의 우리 가게" if month else f"써 보신 {row.product}"
    facts = {"about": about, "path": survey_path(session, row)}
    asked = f"tester:{tester.id}:{month or 'survey'}"
    again = f"tester:{tester.id}:{month or 'survey'}:2"
    for cause, moment in ((asked, due), (again, due + AGAIN_AFTER)):
        if until is None or moment < until:
            outbox.plan(
                session,
                shop_id=row.shop_id,
                customer_id=customer_id,
                kind="survey",
                cause=cause,
                due_at=moment,
                not_after=until,
                facts=facts,
                now=now,
            )


def survey_path(session: Any, row: Programme) -> str:
    """Return where a tester answers, inside our own pages."""
    return f"/c/{shops.code_of(session, shop_id=row.shop_id)}/testers/{row.ref}/answers"


def _invite(row: Programme, now: datetime) -> bool:
    """Invite the next people of the group; False when there is nobody more."""
    if not (row.invites and row.invited_at is None and standing(row).takes_applications(now)):
        return False
    shop_id, programme_id, group, after = row.shop_id, row.id, row.people, row.invited_after
    shown = row.shown_at or now
    try:
        ids, going_on = groups.members(
            shop_id=shop_id, group=group, now=shown, after_id=after, limit=_AT_ONCE
        )
    except KeyError:  # a group of ours that is no more
        ids, going_on = [], None
    with write() as session:
        merged.hold_cards(session, shop_id=shop_id, customer_ids=ids)
        held = actions.programme(session, shop_id=shop_id, programme_id=programme_id)
        if held is None or held.invited_after != after or held.invited_at is not None:
            return True  # somebody else took this step; look again
        path = _page(session, held)
        for customer_id in ids:
            mine = actions.tester_of(
                session, shop_id=shop_id, programme_id=programme_id, customer_id=customer_id
            )
            if mine is not None or people.customer(session, shop_id=shop_id, customer_id=customer_id) is None:
                continue
            mine = actions.add_tester(
                session, shop_id=shop_id, programme_id=programme_id, customer_id=customer_id
            )
            mine.invited_at = now
            outbox.plan(
                session,
                shop_id=shop_id,
                customer_id=customer_id,
                kind="tester_invite",
                cause=f"tester:{mine.id}:invite",
                due_at=now,
                not_after=held.apply_until,
                facts={"product": held.product, "path": path},
                now=now,
            )
        held.invited_after = going_on or held.invited_after
        held.invited_at = None if going_on else now
        return going_on is not None


def _tell_results(row: Programme, now: datetime) -> bool:
    """Tell some of those who were chosen, and once choosing is over those who were not."""
    if row.ended_at is not None:
        return False
    waits = [Tester.applied_at.is_not(None), Tester.declined_at.is_(None), Tester.told_at.is_(None)]
    chosen = db.session.scalar(
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
    is_over = not standing(row).takes_applications(now) and (chosen is not None or row.drawn_at is not None)
    if not is_over:
        waits.append(Tester.chosen_at.is_not(None))

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
                "event": f"{held.product} {rules.SORTS[held.sort]}",
                "result": words,
                "path": _page(session, held),
            },
            now=now,
        )
        if is_chosen and held.sort == rules.TRIAL and held.coupon_kind_id is not None:
            _give(session, held, mine, customer_id, now)
        mine.told_at = now

    return _each(row, waits, tell)


def _ask_this_month(row: Programme, now: datetime) -> bool:
    """Ask some of a 모니터단 this month's questions, each once a month and not before they were told."""
    today = kst_day(now)
    until = answers_until(row)
    if (
        row.sort != rules.MONITOR
        or row.ended_at is not None
        or row.term_starts is None
        or today < row.term_starts
        or (until is not None and now >= until)
    ):
        return False
    month = today.replace(day=1)
    waits = [
        Tester.chosen_at.is_not(None),
        Tester.declined_at.is_(None),
        Tester.told_at.is_not(None),
        Tester.told_at <= now - TOLD_AFTER,
        Tester.asked_month.is_(None) | (Tester.asked_month < month),
    ]

    def tell(session: Any, held: Programme, mine: Tester, customer_id: int) -> None:
        if not actions.missing(
            session, tester=mine, turn=month
        ):  # who was quicker than the clock is not asked again
            mine.asked_month = month
            return
        mine.done_at = None
        ask(
            session,
            row=held,
            tester=mine,
            customer_id=customer_id,
            due=now,
            now=now,
            month=f"{month:%Y-%m}",
        )
        mine.asked_month = month

    return _each(row, waits, tell)


def _thank(row: Programme, now: datetime) -> bool:
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
            _give(session, held, mine, customer_id, now)
        mine.rewarded_at = now

    return _each(row, waits, tell)


def _tell_change(row: Programme, now: datetime) -> bool:
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
                facts={"product": held.product, "path": _page(session, held)},
                now=now,
            )
        mine.change_told_at = now

    return _each(row, waits, tell)


def _each(row: Programme, waits: Sequence[Any], tell: Callable[[Any, Programme, Tester, int], None]) -> bool:
    """Tell the next of those who wait; False when there is nobody more. Cards first, as every flow holds them."""
    shop_id, programme_id = row.shop_id, row.id
    some = db.session.execute(
        select(Tester.id, Tester.customer_id)
        .where(
            Tester.shop_id == shop_id,
            Tester.programme_id == programme_id,
            Tester.customer_id.is_not(None),
            *waits,
        )
        .order_by(Tester.id)
        .limit(_AT_ONCE)
    ).all()
    if not some:
        return False
    with write() as session:
        merged.hold_cards(session, shop_id=shop_id, customer_ids=[each.customer_id for each in some])
        held = actions.programme(session, shop_id=shop_id, programme_id=programme_id)
        if held is None:
            return False
        found = actions.those_of(
            session,
            shop_id=shop_id,
            programme_id=programme_id,
            where=(Tester.id.in_([each.id for each in some]), Tester.customer_id.is_not(None), *waits),
        )
        for mine in found:
            assert mine.customer_id is not None
            tell(session, held, mine, mine.customer_id)
    return True


def _give(session: Any, row: Programme, mine: Tester, customer_id: int, now: datetime) -> None:
    assert row.coupon_kind_id is not None
    coupon_rules.give_kind(
        session,
        shop_id=row.shop_id,
        customer_id=customer_id,
        kind_id=row.coupon_kind_id,
        cause=f"tester:{mine.id}",
        now=now,
    )


def _page(session: Any, row: Programme) -> str:
    return f"/c/{shops.code_of(session, shop_id=row.shop_id)}/testers/{row.ref}"
