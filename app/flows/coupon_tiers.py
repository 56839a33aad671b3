"""Whether a coupon's least tier lets its holder use it: the one place where coupons ask about tiers."""

from __future__ import annotations

from typing import Any

from app.shops import actions as shops
from app.tiers import queries as tiers


def tier_allows(session: Any, *, shop_id: int, customer_id: int, least_tier_id: int | None) -> bool:
    """Say whether a person stands at this tier or above it.

    Without a least tier everybody does, and so does everybody once the shop has no tiers any more: what was
    promised is not lost with them.
    """
    if least_tier_id is None or "tiers" not in shops.uses(session, shop_id=shop_id):
        return True
    return tiers.stands_at_least(shop_id=shop_id, customer_id=customer_id, tier_id=least_tier_id)
