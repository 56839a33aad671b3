"""Reads which programmes of all shops the clock may have something to do for."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from app.extensions import db
from app.testers import rules
from app.testers.models import Programme, Tester


def at_work() -> list[tuple[int, int]]:
    """Return (shop, programme) of all shops for which the clock may have something to tell.

    One that has ended is looked at until the last of its people was told and thanked, however long the clock stood.
    """
    thanks = (Programme.sort == rules.MONITOR, Programme.coupon_kind_id.is_not(None))
    waits = or_(
        and_(Programme.change_at.is_not(None), Tester.change_told_at.is_(None)),
        and_(*thanks, Tester.rewarded_at.is_(None)),
    )
    took_part = and_(Tester.chosen_at.is_not(None), waits)
    never_heard = and_(Tester.chosen_at.is_(None), Tester.applied_at.is_not(None), Tester.told_at.is_(None))
    somebody = (
        select(Tester.id)
        .where(
            Tester.shop_id == Programme.shop_id,
            Tester.programme_id == Programme.id,
            Tester.customer_id.is_not(None),
            Tester.declined_at.is_(None),
            or_(took_part, never_heard),
        )
        .exists()
    )
    invited = and_(Programme.invites, Programme.called_off_at.is_(None))
    rows = db.session.execute(
        select(Programme.shop_id, Programme.id)
        .where(
            Programme.shown_at.is_not(None),
            Programme.sort != rules.TASTING,
            or_(Programme.ended_at.is_(None), invited, somebody),
        )
        .order_by(Programme.id)
    )
    return [(row[0], row[1]) for row in rows]
