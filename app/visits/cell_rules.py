"""What one cell of a spreadsheet says: a moment, an amount, a phone number, or nothing that can be read. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from app.kit.phone import from_spreadsheet, korean_mobile

KST = timezone(timedelta(hours=9))
_SERIAL_DAY = datetime(1899, 12, 30, tzinfo=KST)  # of Excel's own calendar
_DAY = re.compile(
    r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})|(\d{4})(\d{2})(\d{2})(?=\D|\d{6}\b|\d{4}\b|$)|(\d{2})[./-](\d{1,2})[./-](\d{1,2})(?!\d)"
)
_TIME = re.compile(
    r"(오전|오후|am|pm)?\s*(\d{1,2})\s*[:시]\s*(\d{1,2})(?:\s*[:분]\s*(\d{1,2}))?[^0-9]*?(am|pm)?\s*$",
    re.IGNORECASE,
)
_ISO = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?")
_MONEY = re.compile(r"-?\d{1,12}(?:\.\d+)?")
_SAFE = re.compile(r"0?50\d{8,10}")


@lru_cache(maxsize=65_536)
def read_phone(cell: str) -> str:
    """Return a mobile number in E.164 as a spreadsheet or a person wrote it, or "" (also for an 안심번호)."""
    return (korean_mobile(from_spreadsheet(cell)) or "") if cell else ""


def is_safe_number(cell: str) -> bool:
    """Tell whether a marketplace's passing number stands there: it is nobody's (050…)."""
    return bool(_SAFE.fullmatch(re.sub(r"\D", "", cell)))


def read_moment(cell: str, clock: str = "") -> datetime | None:
    """Return the UTC moment of a cell as Korean programs write it; `clock`: a column of its own for the time.

    A day without a time is its noon. None when it is no day at all.
    """
    try:
        if _ISO.fullmatch(
            cell
        ):  # as programs write it: nearly all of a large file, of few days and few times
            return _midnight(cell[:10]) + _since_then(cell[11:])
        return _as_typed(cell, clock)
    except (ValueError, OverflowError):  # before the calendar: as programs write that they know no day
        return None


@lru_cache(maxsize=4_096)
def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(f"{day} 00:00+09:00").astimezone(UTC)


@lru_cache(maxsize=65_536)
def _since_then(clock: str) -> timedelta:
    found = time.fromisoformat(clock)
    return timedelta(hours=found.hour, minutes=found.minute, seconds=found.second)


@lru_cache(maxsize=65_536)
def _as_typed(cell: str, clock: str) -> datetime | None:
    text = unicodedata.normalize("NFKC", cell).strip()
    if re.fullmatch(r"\d{5}(\.\d+)?", text):  # Excel's days since 1900
        days = float(text)
        moment = _SERIAL_DAY + timedelta(seconds=round(days * 86400))
        return (_on(moment.date(), clock) if "." not in text else moment).astimezone(UTC)
    found = _DAY.search(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    when = date(year + 2000 if found[7] else year, month, day)
    return _on(when, text[found.end() :] if text[found.end() :].strip(" .T일") else clock).astimezone(UTC)


def _on(day: date, clock: str) -> datetime:
    """Put a time on a day. Raises ValueError for a time that does not exist."""
    clock = clock.strip().lstrip("T").strip(" .")
    digits = re.fullmatch(r"(\d{2})(\d{2})(\d{2})?", clock)
    if digits:
        hour, minute, second = (int(part or 0) for part in digits.groups())
        return _at(day, hour, minute, second)
    found = _TIME.search(re.sub(r"\.\d+$|[+]\d{2}:?\d{2}$", "", clock))
    if found is None:
        return _at(day, 12)
    half = (found[1] or found[5] or "").lower()
    hour = int(found[2]) % 12 + (12 if half in ("오후", "pm") else 0) if half else int(found[2])
    return _at(day, hour, int(found[3]), int(found[4] or 0))


def _at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=KST)


@lru_cache(maxsize=65_536)
def read_won(cell: str) -> int | None:
    """Return an amount ("12,000원", "₩4,500", "4500.0") in won, or None when it is none."""
    text = (
        unicodedata.normalize("NFKC", cell)
        .replace(",", "")
        .replace("원", "")
        .replace("₩", "")
        .replace("\\", "")
        .strip()
    )
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    return round(float(text)) if _MONEY.fullmatch(text) else None
