"""What may be typed as a birthday or an anniversary, and how such a day reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.kit.korean import day_name
from app.kit.lunar import Yearly, exists, next_kept
from app.kit.refusals import Invalid

NAME_MAX = 20
# How a day is counted, as the form asks it.
CALENDARS = (("solar", "양력"), ("lunar", "음력"), ("leap", "음력 윤달"))
FIELDS = (
    *("birth_month", "birth_day", "birth_calendar"),
    *("anniversary_name", "anniversary_month", "anniversary_day", "anniversary_calendar"),
)


@dataclass(frozen=True)
class CleanDays:
    """Days that may be kept; None where nothing was typed."""

    birth: Yearly | None
    anniversary: Yearly | None
    anniversary_name: str

    def is_empty(self) -> bool:
        """Tell whether there is nothing to keep."""
        return self.birth is None and self.anniversary is None


def clean_days(typed: Mapping[str, str]) -> CleanDays:
    """Check what was typed. Raises Invalid with a sentence a field (birth_day, anniversary_day, anniversary_name)."""
    wrong: dict[str, str] = {}
    birth = _read(typed, "birth", wrong)
    anniversary = _read(typed, "anniversary", wrong)
    name = " ".join(typed.get("anniversary_name", "").split())
    if len(name) > NAME_MAX:
        wrong["anniversary_name"] = f"기념일 이름은 {NAME_MAX}자까지 쓸 수 있어요."
    elif name and anniversary is None and "anniversary_day" not in wrong:
        wrong["anniversary_day"] = "기념일의 달과 날도 골라 주세요."
    if wrong:
        raise Invalid(wrong)
    return CleanDays(birth, anniversary, name)


def _read(typed: Mapping[str, str], which: str, wrong: dict[str, str]) -> Yearly | None:
    month, day = (typed.get(f"{which}_{part}", "").strip() for part in ("month", "day"))
    if not month and not day:
        return None
    calendar = typed.get(f"{which}_calendar", "") or "solar"
    if not month or not day:
        wrong[f"{which}_day"] = "달과 날을 모두 골라 주세요. 적지 않으려면 둘 다 비워 주세요."
        return None
    found = Yearly(number(month), number(day), calendar != "solar", calendar == "leap")
    if calendar not in dict(CALENDARS) or not exists(found):
        wrong[f"{which}_day"] = "그런 날은 없어요. 달과 날을 다시 골라 주세요."
        return None
    return found


def number(text: str) -> int:
    """Return a month or a day as typed, 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0


def typed_days(birth: Yearly | None, anniversary: Yearly | None, name: str) -> dict[str, str]:
    """Return what is kept as the form's fields."""
    typed = {"anniversary_name": name}
    for which, day in (("birth", birth), ("anniversary", anniversary)):
        typed[f"{which}_month"] = "" if day is None else str(day.month)
        typed[f"{which}_day"] = "" if day is None else str(day.day)
        leap, lunar = (day.is_leap, day.is_lunar) if day is not None else (False, False)
        typed[f"{which}_calendar"] = "leap" if leap else "lunar" if lunar else "solar"
    return typed


def yearly_words(day: Yearly) -> str:
    """Return "3월 5일", "음력 3월 5일" or "음력 윤3월 5일"."""
    sign = "음력 " if day.is_lunar else ""
    return f"{sign}{'윤' if day.is_leap else ''}{day.month}월 {day.day}일"


def coming_words(day: Yearly, today: date) -> str:
    """Return when it is kept next: "오늘이에요", "올해는 4월 21일(화)", "내년은 4월 11일(일)".

    "" for a solar day of every year, which says so itself, and for a lunar one beyond the table.
    """
    coming = next_kept(day, today)
    if coming is None:
        return ""
    if coming == today:
        return "오늘이에요"
    if not day.is_lunar and (coming.month, coming.day) == (day.month, day.day):
        return ""
    return f"{'올해는' if coming.year == today.year else '내년은'} {day_name(coming)}"


def days_until(day: Yearly | None, today: date, *, most: int = 6) -> int | None:
    """Return in how many days it is kept next, 0 for today; None for no day, or for one more than `most` days away."""
    coming = next_kept(day, today) if day is not None else None
    away = (coming - today).days if coming is not None else most + 1
    return away if away <= most else None
