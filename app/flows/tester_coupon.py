"""The coupon that comes along with a 체험단: one person has one of it that is good, however often they are chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from app.coupons.models import Coupon
from app.flows import coupon_rules
from app.testers.models import Programme, Tester


def give(session: Any, *, row: Programme, mine: Tester, customer_id: int, now: datetime) -> None:
    """Give what a programme promises, unless they have it already, used or not. Inside a flow that holds the card.

    One that was let go gave theirs back: chosen again, they get a new one.
    """
    if row.coupon_kind_id is None:
        return
    mine_all = (Coupon.shop_id == row.shop_id, *_of(mine))
    has = select(Coupon.id).where(*mine_all, Coupon.withdrawn_at.is_(None)).limit(1)
    if session.scalar(has) is not None:
        return
    before = session.scalar(select(func.count(Coupon.id)).where(*mine_all))
    coupon_rules.give_kind(
        session,
        shop_id=row.shop_id,
        customer_id=customer_id,
        kind_id=row.coupon_kind_id,
        cause=f"tester:{mine.id}:{before}" if before else f"tester:{mine.id}",
        now=now,
    )


def take_back(session: Any, *, mine: Tester, reason: str, now: datetime) -> None:
    """Take it back from who goes; one that was used stays used."""
    coupon_rules.withdraw(session, shop_id=mine.shop_id, which=_of(mine), reason=reason, now=now)


def _of(mine: Tester) -> list[Any]:
    """The condition of every coupon somebody got by this part."""
    return [or_(Coupon.cause == f"tester:{mine.id}", Coupon.cause.startswith(f"tester:{mine.id}:"))]
