"""Reads about the days a shop is closed. Also called inside a flow, whose session is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from app.extensions import db
from app.kit.holiday import Holiday, holidays_between
from app.shops import calendar_rules as rules
from app.shops.calendar_rules import Special, Weekly
from app.shops.models import SpecialDays, WeeklyDayOff


@dataclass(frozen=True)
class DaysLine:
    """Days that differ from the week, as the owner's list shows them."""

    id: int
    first: date
    last: date
    is_open: bool
    note: str


def closed_days(session: Any = None, *, shop_id: int, since: date, until: date) -> frozenset[date]:
    """Return the Korean days from `since` to `until` on which the shop is closed."""
    weekly, special = _entered(session or db.session, shop_id=shop_id, since=since, until=until)
    return rules.closed(weekly, special, since=since, until=until) if weekly or special else frozenset()


def days_around(session: Any = None, *, shop_id: int, first: date, last: date) -> frozenset[date]:
    """Return the closed days that decide how far ends between two days move (calendar_rules.good_until)."""
    return closed_days(
        session,
        shop_id=shop_id,
        since=first - timedelta(days=rules.LOOK_BACK),
        until=last + timedelta(days=rules.LOOK_AHEAD),
    )


def good_until(session: Any = None, *, shop_id: int, end: date) -> date:
    """Return until when something that ends on a day can be used in this shop."""
    return rules.good_until(end, days_around(session, shop_id=shop_id, first=end, last=end))


def _entered(session: Any, *, shop_id: int, since: date, until: date) -> tuple[list[Weekly], list[Special]]:
    weekly = session.execute(
        select(WeeklyDayOff.weekday, WeeklyDayOff.since, WeeklyDayOff.until).where(
            WeeklyDayOff.shop_id == shop_id,
            WeeklyDayOff.since <= until,
            or_(WeeklyDayOff.until.is_(None), WeeklyDayOff.until >= since),
        )
    )
    special = session.execute(
        select(SpecialDays.first, SpecialDays.last, SpecialDays.is_open)
        .where(
            SpecialDays.shop_id == shop_id,
            SpecialDays.ended_at.is_(None),
            SpecialDays.first <= until,
            SpecialDays.last >= since,
        )
        .order_by(SpecialDays.id)
    )
    return [Weekly(*row) for row in weekly], [Special(*row) for row in special]


def weekly_days_off(shop_id: int, today: date) -> frozenset[int]:
    """Return the weekdays (0 = Monday) on which the shop is closed now."""
    return frozenset(
        db.session.scalars(
            select(WeeklyDayOff.weekday).where(
                WeeklyDayOff.shop_id == shop_id,
                WeeklyDayOff.since <= today,
                or_(WeeklyDayOff.until.is_(None), WeeklyDayOff.until >= today),
            )
        )
    )


_LINE = (SpecialDays.id, SpecialDays.first, SpecialDays.last, SpecialDays.is_open, SpecialDays.note)


def coming_days(shop_id: int, since: date) -> list[DaysLine]:
    """Return the days that differ from the week and are not over on `since`, the next ones first."""
    rows = db.session.execute(
        select(*_LINE)
        .where(SpecialDays.shop_id == shop_id, SpecialDays.ended_at.is_(None), SpecialDays.last >= since)
        .order_by(SpecialDays.first, SpecialDays.id)
    )
    return [DaysLine(*row) for row in rows]


def days_line(shop_id: int, days_id: int) -> DaysLine | None:
    """Return one entry of the list; None for another shop's or one that was taken back (S05)."""
    row = db.session.execute(
        select(*_LINE).where(
            SpecialDays.shop_id == shop_id, SpecialDays.id == days_id, SpecialDays.ended_at.is_(None)
        )
    ).one_or_none()
    return DaysLine(*row) if row else None


def unanswered_holidays(shop_id: int, *, since: date, until: date) -> list[Holiday]:
    """Return the public holidays between two days of which the shop has not yet said whether it is closed."""
    coming = [each for each in holidays_between(since, until) if each.first >= since]
    if not coming:
        return []
    last = max(each.last for each in coming)
    weekly, special = _entered(db.session, shop_id=shop_id, since=since, until=last)
    off = rules.closed(weekly, special, since=since, until=last)
    answered = [(each.first, each.last) for each in special]
    return [
        each
        for each in coming
        if not any(first <= each.last and each.first <= last for first, last in answered)
        and not all(day in off for day in rules.days_between(each.first, each.last))
    ]
