"""Coupons that a shop gives by itself: what happened, and which kinds follow from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def at_visit(session: Any, *, shop_id: int, customer_id: int, visit_id: int, now: datetime) -> None:
    """Give what this visit brings."""


def take_back(session: Any, *, shop_id: int, visit_id: int, now: datetime) -> None:
    """Take back what an undone visit had brought and nobody used."""
