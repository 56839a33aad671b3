"""Coupons that a shop gives by itself: what happened, and which kinds follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.coupons.models import Coupon


def withdraw(session: Any, *, shop_id: int, which: Sequence[Any], reason: str, now: datetime) -> list[Coupon]:
    """Take back the unused coupons of these conditions, and the messages about them; returns them."""
    open_ones = (*which, Coupon.shop_id == shop_id, Coupon.used_at.is_(None), Coupon.withdrawn_at.is_(None))
    found = list(session.scalars(select(Coupon).where(*open_ones)))
    for each in found:
        session.execute(update(Coupon).where(Coupon.id == each.id, *open_ones).values(withdrawn_at=now))
    return found


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
