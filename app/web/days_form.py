"""The form for a birthday and an anniversary. Shared by 내 정보 and the shop's page of a person."""

from __future__ import annotations

from typing import Any

from flask import request

from app.customers import days
from app.customers.day_rules import CALENDARS, FIELDS, coming_words, typed_days, yearly_words
from app.customers.texts import DAYS
from app.kit.clock import kst_day
from app.web.doors import now


def days_form(*, shop_id: int, customer_id: int, wrong: dict[str, str] | None = None) -> dict[str, Any]:
    """Return what the form needs: as typed when it comes back, else as it is kept."""
    kept = days.days_of(shop_id=shop_id, customer_id=customer_id)
    typed = typed_days(kept.birth, kept.anniversary, kept.anniversary_name)
    if request.method == "POST":
        typed = typed_fields()
    return {
        "typed": typed,
        "agrees": bool(request.form.get("days")),
        "kept": kept.birth is not None or kept.anniversary is not None,
        "calendars": CALENDARS,
        "consent": DAYS,
        "wrong": wrong or {},
    }


def typed_fields() -> dict[str, str]:
    """Return the fields as they came."""
    return {name: request.form.get(name, "") for name in FIELDS}


def day_lines(*, shop_id: int, customer_id: int) -> list[tuple[str, str, str]]:
    """Return a person's days as (what, day, when it comes next): ("생일", "음력 3월 5일", "올해는 4월 21일(화)")."""
    kept, today = days.days_of(shop_id=shop_id, customer_id=customer_id), kst_day(now())
    named = (("생일", kept.birth), (kept.anniversary_name or "기념일", kept.anniversary))
    return [(name, yearly_words(day), coming_words(day, today)) for name, day in named if day is not None]
