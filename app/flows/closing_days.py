"""쉬는 날: the owner enters closed days once, and what would end meanwhile stays good until the shop is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.cards.actions import shifts
from app.cards.actions.shifts import Moved
from app.coupons import shifts as coupons
from app.flows import audit
from app.flows.unit import after_a_race, write
from app.kit.clock import kst_day
from app.kit.refusals import NotHere
from app.shops import calendar_rules as rules
from app.shops import closing

_GONE = "찾으시는 쉬는 날이 없어요. 목록을 새로 열어 주세요."


def save_weekly(*, shop_id: int, staff_id: int, weekdays: Sequence[str], now: datetime) -> Moved:
    """Save on which weekdays the shop is closed from today on ("0" = Monday). Raises Invalid."""
    chosen = rules.clean_weekly(weekdays)
    return after_a_race(lambda: _save_weekly(shop_id=shop_id, staff_id=staff_id, chosen=chosen, now=now))


def _save_weekly(*, shop_id: int, staff_id: int, chosen: frozenset[int], now: datetime) -> Moved:
    today = kst_day(now)
    with write() as session:
        coupons.hold_cards(session, shop_id=shop_id)
        standing = closing.standing_weekly(session, shop_id=shop_id)
        if chosen == set(standing):
            return Moved(0, None)
        for weekday, row in standing.items():
            if weekday not in chosen:
                row.until = today - timedelta(days=1)
        for weekday in sorted(chosen - set(standing)):
            closing.add_weekly(session, shop_id=shop_id, weekday=weekday, since=today)
        session.flush()
        moved = _move_ends(session, shop_id=shop_id, now=now)
        detail = "weekly:" + "".join(str(day) for day in sorted(chosen))
        audit.note(session, shop_id=shop_id, what="days_off", staff_id=staff_id, detail=detail, now=now)
        return moved


def mark(
    *,
    shop_id: int,
    staff_id: int,
    first: str,
    last: str,
    note: str,
    is_open: bool = False,
    days_id: int | None = None,
    now: datetime,
) -> Moved:
    """Enter closed days ("2026-08-01"), or days on which the shop is open although the week says closed.

    `days_id`: change that entry. The same days entered twice are one entry. Raises Invalid, NotHere.
    """
    today = kst_day(now)
    clean = rules.clean_range(first=first, last=last, note=note, today=today)
    return after_a_race(
        lambda: _mark(
            shop_id=shop_id, staff_id=staff_id, clean=clean, is_open=is_open, days_id=days_id, now=now
        )
    )


def _mark(
    *,
    shop_id: int,
    staff_id: int,
    clean: tuple[date, date, str],
    is_open: bool,
    days_id: int | None,
    now: datetime,
) -> Moved:
    first, last, note = clean
    with write() as session:
        coupons.hold_cards(session, shop_id=shop_id)
        same = closing.standing_range(session, shop_id=shop_id, first=first, last=last)
        if same is not None and (same.is_open, same.note) == (is_open, note):
            return Moved(0, None)
        before = None if days_id is None else closing.entry(session, shop_id=shop_id, days_id=days_id)
        if days_id is not None and (before is None or before.ended_at is not None):
            raise NotHere(_GONE)
        # Entered later wins: a changed entry is a new row, and the old one tells what stood before.
        for row in filter(None, (before, same)):
            row.ended_at = now
        session.flush()
        closing.add(
            session,
            shop_id=shop_id,
            first=first,
            last=last,
            is_open=is_open,
            note=note,
            staff_id=staff_id,
            now=now,
        )
        moved = _move_ends(session, shop_id=shop_id, now=now)
        detail = f"{'open' if is_open else 'closed'}:{first.isoformat()}>{last.isoformat()}"
        audit.note(session, shop_id=shop_id, what="days_off", staff_id=staff_id, detail=detail, now=now)
        return moved


def take_back(*, shop_id: int, staff_id: int, days_id: int, now: datetime) -> Moved:
    """Take an entry back; ends that it had moved move back, never to before tonight.

    The second tap finds it gone and is content. Raises NotHere for an entry that never was this shop's.
    """
    with write() as session:
        coupons.hold_cards(session, shop_id=shop_id)
        row = closing.entry(session, shop_id=shop_id, days_id=days_id)
        if row is None:
            raise NotHere(_GONE)
        if row.ended_at is not None:
            return Moved(0, None)
        row.ended_at = now
        session.flush()
        moved = _move_ends(session, shop_id=shop_id, now=now)
        detail = f"back:{row.first.isoformat()}>{row.last.isoformat()}"
        audit.note(session, shop_id=shop_id, what="days_off", staff_id=staff_id, detail=detail, now=now)
        return moved


def settle(*, shop_id: int, now: datetime) -> Moved:
    """Bring every end to the closed days once more (nightly): a card that got its first end just then."""
    with write() as session:
        coupons.hold_cards(session, shop_id=shop_id)
        return _move_ends(session, shop_id=shop_id, now=now)


def _move_ends(session: Any, *, shop_id: int, now: datetime) -> Moved:
    """Move what lies on the cards, and the coupons; the answer tells of stamps and points."""
    coupons.move_ends(session, shop_id=shop_id, now=now)
    return shifts.move_ends(session, shop_id=shop_id, now=now)
