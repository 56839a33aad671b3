"""Tiers: who stands where, looked at with every visit and every night."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def look_again(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    """See whether a person's visits bring another tier now."""
