"""The shop's tiers by name, for the pages that mention one in passing (a coupon's least tier)."""

from __future__ import annotations

from app.tiers import queries as tiers


def tier_names(shop_id: int) -> dict[int, str]:
    """Return the names of a shop's tiers by their ids, the lowest first; empty while it has none."""
    return {tier.id: tier.name for tier in tiers.tiers_of(shop_id)}
