"""What a 모니터단 gets month by month is handed over at the counter: noted once a month, taken back when it was not so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.customers import actions as people
from app.flows.programme import held
from app.flows.unit import write
from app.kit.clock import kst_day
from app.testers import actions, rules
from app.testers.models import Programme, Tester
from app.testers.rules import MONITOR, NoProgramme, NotNow


def give(*, shop_id: int, staff_id: int, tester_id: int, now: datetime) -> None:
    """이번 달에 드렸어요; twice in a month is once. Raises NoProgramme, NotNow outside the term."""
    with write() as session:
        row, mine, whose = _held(session, shop_id, tester_id)
        if whose is None or mine.chosen_at is None or mine.declined_at is not None:
            raise NoProgramme
        today = kst_day(now)
        if mine.benefit_at is not None and rules.is_of_month(kst_day(mine.benefit_at), today):
            return
        if row.ended_at is not None or not row.term_starts or not row.term_ends:
            raise NotNow("끝난 모니터단이에요. 이제 드릴 것이 없어요.")
        if not row.term_starts <= today <= row.term_ends:
            raise NotNow("모니터단이 활동하는 동안에만 적을 수 있어요.")
        mine.benefit_at, mine.benefit_by = now, staff_id


def take_back(*, shop_id: int, tester_id: int, now: datetime) -> None:
    """It was noted by mistake: this month's is to be handed over again; twice is once. Raises NoProgramme."""
    with write() as session:
        _row, mine, _whose = _held(session, shop_id, tester_id)
        if mine.benefit_at is not None and rules.is_of_month(kst_day(mine.benefit_at), kst_day(now)):
            mine.benefit_at = mine.benefit_by = None


def _held(session: Any, shop_id: int, tester_id: int) -> tuple[Programme, Tester, int | None]:
    """Return the programme, the part in it and whose it is, held until the flow ends; only of one with a benefit."""
    found = actions.where_is(session, shop_id=shop_id, tester_id=tester_id)
    if found is None:
        raise NoProgramme
    programme_id, whose = found
    # The person before the programme and their part in it, as leaving and applying take them.
    if whose is not None and not people.customer(session, shop_id=shop_id, customer_id=whose, lock=True):
        whose = None
    row = held(session, shop_id, programme_id)
    mine = actions.tester(session, shop_id=shop_id, tester_id=tester_id)
    if mine is None or row.sort != MONITOR or not row.benefit:
        raise NoProgramme
    return row, mine, whose
