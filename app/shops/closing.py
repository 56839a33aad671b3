"""Changes to the days a shop is closed. Flush, never commit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.shops.models import SpecialDays, WeeklyDayOff


def standing_weekly(session: Any, *, shop_id: int) -> dict[int, WeeklyDayOff]:
    """Return the weekdays off that stand, by weekday."""
    rows = session.scalars(
        select(WeeklyDayOff).where(WeeklyDayOff.shop_id == shop_id, WeeklyDayOff.until.is_(None))
    )
    return {row.weekday: row for row in rows}


def add_weekly(session: Any, *, shop_id: int, weekday: int, since: date) -> None:
    """Add a weekday off. Raises IntegrityError when it stands already."""
    session.add(WeeklyDayOff(shop_id=shop_id, weekday=weekday, since=since))
    session.flush()


def entry(session: Any, *, shop_id: int, days_id: int) -> SpecialDays | None:
    """Return an entry of this shop, also one that was taken back."""
    found: SpecialDays | None = session.scalar(
        select(SpecialDays).where(SpecialDays.shop_id == shop_id, SpecialDays.id == days_id)
    )
    return found


def standing_range(session: Any, *, shop_id: int, first: date, last: date) -> SpecialDays | None:
    """Return the standing entry of exactly these days."""
    found: SpecialDays | None = session.scalar(
        select(SpecialDays).where(
            SpecialDays.shop_id == shop_id,
            SpecialDays.first == first,
            SpecialDays.last == last,
            SpecialDays.ended_at.is_(None),
        )
    )
    return found


def add(
    session: Any,
    *,
    shop_id: int,
    first: date,
    last: date,
    is_open: bool,
    note: str,
    staff_id: int,
    now: datetime,
) -> None:
    """Add an entry. Raises IntegrityError when the same days stand already."""
    session.add(
        SpecialDays(
            shop_id=shop_id, first=first, last=last, is_open=is_open, note=note, staff_id=staff_id, created_at=now
        )
    )  # fmt: skip
    session.flush()
