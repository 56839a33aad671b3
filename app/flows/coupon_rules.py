"""Coupons that a shop gives by itself: what happened, and which kinds follow from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def at_visit(session: Any, *, shop_id: int, customer_id: int, visit_id: int, now: datetime) -> None:
    """Give what this visit brings."""


def take_back(session: Any, *, shop_id: int, visit_id: int, now: datetime) -> None:
    """Take back what an undone visit had brought and nobody used."""


def give(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    rule: str,
    cause: str,
    now: datetime,
    value: int | None = None,
) -> list[int]:
    """Issue every living kind of a rule once per cause; returns the coupons' ids."""
    return []


def give_kind(
    session: Any, *, shop_id: int, customer_id: int, kind_id: int, cause: str, now: datetime
) -> int | None:
    """Issue one kind once per cause; returns the coupon's id."""
    return None
