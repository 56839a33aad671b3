"""Which coupons were used at a visit: what a refund gives back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, select

from app.cards.extras import at_visit
from app.cards.history import undone
from app.cards.models import LedgerEntry
from app.coupons.models import Coupon, CouponKind, CouponUse
from app.extensions import db
from app.visits.models import Visit


@dataclass(frozen=True)
class UsedCoupon:
    """A coupon that was used and stands so. `stamps`: what it brought and is still on the card."""

    use_id: int
    name: str
    stamps: int


def used_at(*, shop_id: int, visit_id: int) -> list[UsedCoupon]:
    """Return the standing uses of coupons at a visit, the oldest first; none for another shop's visit."""
    visit = db.session.scalar(select(Visit).where(Visit.shop_id == shop_id, Visit.id == visit_id))
    if visit is None:
        return []
    brought = and_(LedgerEntry.shop_id == CouponUse.shop_id, LedgerEntry.id == CouponUse.entry_id, ~undone())
    rows = db.session.execute(
        select(CouponUse.id, CouponKind.name, func.coalesce(LedgerEntry.delta, 0))
        .join(Coupon, (Coupon.shop_id == CouponUse.shop_id) & (Coupon.id == CouponUse.coupon_id))
        .join(CouponKind, (CouponKind.shop_id == Coupon.shop_id) & (CouponKind.id == Coupon.kind_id))
        .outerjoin(LedgerEntry, brought)
        .where(
            CouponUse.shop_id == shop_id,
            CouponUse.reversed_at.is_(None),
            at_visit(CouponUse.visit_id, CouponUse.at, visit, whose=Coupon.customer_id == visit.customer_id),
        )
        .order_by(CouponUse.id)
    )
    return [UsedCoupon(*row) for row in rows]
