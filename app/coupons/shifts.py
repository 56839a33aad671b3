"""Until when a coupon is good in a shop that has closed days, and what they move. Flush, never commit.

Every end is worked out anew from what the kind says and the day of issuing, as the ends of stamps are from their
own last day (cards/actions/shifts.py): it does not matter how often or in which order closed days were entered.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from app.cards.models import Card
from app.coupons import rules
from app.coupons.models import Coupon, CouponKind
from app.kit.clock import kst_day, start_of_day
from app.shops import calendar_rules, closures

_DAY = timedelta(days=1)
_AT_ONCE = 500


def end_for(session: Any, *, kind: CouponKind, issued_at: datetime) -> datetime | None:
    """Return the moment from which a coupon issued now is no good; its last day is one on which the shop is open."""
    plain = rules.end_of(valid_days=kind.valid_days, valid_until=kind.valid_until, issued_at=issued_at)
    if plain is None:
        return None
    good_until = closures.good_until(session, shop_id=kind.shop_id, end=rules.last_day(plain))
    return start_of_day(good_until + _DAY)


def hold_cards(session: Any, *, shop_id: int) -> None:
    """Hold every card on which something can end, coupons among it, by one statement in the order of their ids."""
    unused = (
        select(Coupon.id)
        .where(
            Coupon.shop_id == Card.shop_id,
            Coupon.customer_id == Card.customer_id,
            Coupon.used_at.is_(None),
            Coupon.withdrawn_at.is_(None),
        )
        .exists()
    )
    session.execute(
        select(Card.id)
        .where(Card.shop_id == shop_id, Card.closed_at.is_(None), or_(Card.expires_at.is_not(None), unused))
        .order_by(Card.id)
        .with_for_update()
    )


def move_ends(session: Any, *, shop_id: int, now: datetime) -> set[int]:
    """Bring the ends of all coupons that can still be used to the shop's closed days; returns whose have changed.

    Under hold_cards().
    """
    rows = session.execute(
        select(
            Coupon.id,
            Coupon.customer_id,
            Coupon.issued_at,
            Coupon.expires_at,
            CouponKind.valid_days,
            CouponKind.valid_until,
        )
        .join(CouponKind, (CouponKind.shop_id == Coupon.shop_id) & (CouponKind.id == Coupon.kind_id))
        .where(
            Coupon.shop_id == shop_id,
            Coupon.used_at.is_(None),
            Coupon.withdrawn_at.is_(None),
            # What ended unseen while its shop was closed comes back.
            Coupon.expires_at > now - timedelta(days=calendar_rules.BACK_MAX),
        )
        .order_by(Coupon.id)
    ).all()
    plain = {
        row.id: rules.last_day(end)
        for row in rows
        if (end := rules.end_of(valid_days=row.valid_days, valid_until=row.valid_until, issued_at=row.issued_at))
    }  # fmt: skip
    if not plain:
        return set()
    closed = closures.days_around(
        session, shop_id=shop_id, first=min(plain.values()), last=max(plain.values())
    )
    moved: dict[datetime, list[tuple[int, int]]] = {}
    for row in rows:
        if row.id in plain:
            last, today = rules.last_day(row.expires_at), kst_day(now)
            until = calendar_rules.moved(plain[row.id], closed, last=last, today=today)
            end = start_of_day(until + _DAY)
            if end != row.expires_at:
                moved.setdefault(end, []).append((row.id, row.customer_id))
    for end, theirs in moved.items():
        for start in range(0, len(theirs), _AT_ONCE):
            some = theirs[start : start + _AT_ONCE]
            session.execute(
                update(Coupon)
                .where(
                    Coupon.shop_id == shop_id,
                    Coupon.id.in_([coupon_id for coupon_id, _who in some]),
                    Coupon.used_at.is_(None),
                )
                .values(expires_at=end)
                .execution_options(synchronize_session=False)
            )
            session.execute(
                update(Card)
                .where(
                    Card.shop_id == shop_id,
                    Card.customer_id.in_([who for _id, who in some]),
                    Card.closed_at.is_(None),
                )
                .values(changed=Card.changed + 1)
                .execution_options(synchronize_session=False)
            )
    session.expire_all()
    return {who for theirs in moved.values() for _id, who in theirs}
