"""How much one of the staff may do before the owner is told, and before somebody else is asked.

Telling costs the stamp nothing: the owner's home and 마감 맞춰 보기 add the day up when they are looked at. Only
what is rare anyway, a stamp with a reason before the pause is over, is counted at the counter.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.cards.models import Card, LedgerEntry
from app.cards.rules import StampRefused
from app.flows import audit
from app.flows.unit import write
from app.insights import actions as insights
from app.insights import closing
from app.insights.closing import Limits
from app.kit.clock import kst_day, start_of_day
from app.shops import actions as shops


class TooManyOverrides(StampRefused):
    """One of the staff has overridden the pause so often today that a manager or the owner is asked."""

    code = "staff_limit"
    sentence = "오늘은 한 번 더 찍은 도장이 많아요. 매니저나 사장님께 찍어 달라고 해 주세요."


def too_many_overrides(
    session: Any, *, card: Card, staff_id: int, reason: str, now: datetime
) -> TooManyOverrides | None:
    """Return why this stamp needs a manager or the owner, or None. Asks nothing for a stamp without a `reason`."""
    if not reason:
        return None
    person = shops.staff(session, shop_id=card.shop_id, staff_id=staff_id)
    if person is None or person.role != "staff":
        return None
    today = kst_day(now)
    done = session.scalar(
        select(func.count(LedgerEntry.id)).where(
            LedgerEntry.shop_id == card.shop_id,
            LedgerEntry.at >= start_of_day(today),
            LedgerEntry.at < start_of_day(today + timedelta(days=1)),
            LedgerEntry.staff_id == staff_id,
            LedgerEntry.kind == "earn",
            LedgerEntry.reason != "",
        )
    )
    limits = insights.limits(session, shop_id=card.shop_id)
    if int(done or 0) < limits.overrides_a_day * closing.HARD:
        return None
    found = TooManyOverrides()
    found.card_id = card.id
    return found


def save(
    *,
    shop_id: int,
    staff_id: int,
    stamps_an_hour: str,
    overrides_a_day: str,
    checks_a_day: str,
    now: datetime,
) -> None:
    """Save from how many on the owner is told. Raises Invalid with a sentence a field."""
    limits = closing.clean_limits(
        stamps_an_hour=stamps_an_hour, overrides_a_day=overrides_a_day, checks_a_day=checks_a_day
    )
    with write() as session:
        before: Limits = insights.limits(session, shop_id=shop_id)
        if limits == before:
            return
        insights.put_limits(session, shop_id=shop_id, limits=limits, now=now)
        detail = f"{limits.stamps_an_hour}/{limits.overrides_a_day}/{limits.checks_a_day}"
        audit.note(session, shop_id=shop_id, what="staff_limits", staff_id=staff_id, detail=detail, now=now)
