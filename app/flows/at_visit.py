"""What a visit sets off beyond its stamp: the tier, coupons, the friend's reward. Only what the shop uses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.flows import coupon_rules, referral, tier


def came(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    visit_id: int,
    is_first: bool,
    uses: frozenset[str],
    now: datetime,
) -> None:
    """A visit has begun, inside the stamp's transaction and under the card's lock.

    The friend's row comes before any kind of coupon: settling it takes them in this order too.
    """
    if is_first and referral.WORDS & uses:
        referral.at_first_visit(session, shop_id=shop_id, customer_id=customer_id, visit_id=visit_id, now=now)
    if "tiers" in uses:
        tier.look_again(session, shop_id=shop_id, customer_id=customer_id, now=now, visit_id=visit_id)
    if "coupons" in uses:
        coupon_rules.at_visit(session, shop_id=shop_id, customer_id=customer_id, visit_id=visit_id, now=now)


def undone(
    session: Any, *, shop_id: int, customer_id: int, visit_id: int, uses: frozenset[str], now: datetime
) -> None:
    """A visit was taken back with its last stamp."""
    if referral.WORDS & uses:
        referral.take_back(session, shop_id=shop_id, visit_id=visit_id, now=now)
    if "coupons" in uses:
        coupon_rules.take_back(session, shop_id=shop_id, visit_id=visit_id, now=now)
    if "tiers" in uses:
        tier.take_back(session, shop_id=shop_id, customer_id=customer_id, visit_id=visit_id, now=now)
