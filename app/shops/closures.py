"""Reads the days on which a shop is closed."""

from __future__ import annotations

from datetime import date
from typing import Any


def closed_days(session: Any, *, shop_id: int, since: date, until: date) -> frozenset[date]:
    """Return the days from `since` to `until` (both counted) on which the shop is closed."""
    return frozenset()
