"""Who brought whom: both are given something at the friend's first real visit."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def at_first_visit(session: Any, *, shop_id: int, customer_id: int, visit_id: int, now: datetime) -> None:
    """Give both what was promised when a person who was brought comes for the first time."""


def take_back(session: Any, *, shop_id: int, visit_id: int, now: datetime) -> None:
    """Take back what an undone first visit had brought."""
