"""Closed days that nobody was told of: the home says so, and the news about them is half written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import request

from app.board import notices
from app.kit.clock import kst_day
from app.shops import calendar_rules, closures
from app.web.doors import now
from app.web.guards import current_staff
from app.web.readable import row_number

_AHEAD = timedelta(days=5)
# Whoever wrote news that lately has told what there is to tell.
_TOLD = timedelta(days=7)


@dataclass(frozen=True)
class Untold:
    """Closed days that come soon: "11월 28일–30일"."""

    days_id: int
    words: str


def untold() -> Untold | None:
    """Return the next days the shop is closed, when they are near and no news was shown for a week."""
    shop_id, today = current_staff().shop.id, kst_day(now())
    coming = [
        line
        for line in closures.coming_days(shop_id, today)
        if not line.is_open and today < line.first <= today + _AHEAD
    ]
    if not coming:
        return None
    last = notices.last_shown_at(shop_id)
    if last is not None and now() - last < _TOLD:
        return None
    days = coming[0]
    return Untold(days.id, calendar_rules.range_words(days.first, days.last, today))


def begun() -> dict[str, str]:
    """Return the words with which the news about the days that a link names begins; nothing without such a link."""
    days_id = row_number(request.args.get("closed"))
    days = closures.days_line(current_staff().shop.id, days_id) if days_id else None
    if days is None:
        return {}
    words = calendar_rules.range_words(days.first, days.last, kst_day(now()))
    return {"title": f"{words} 쉬어요", "text": f"{days.note}\n" if days.note else ""}
