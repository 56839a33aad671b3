"""What an owner may type about tiers, boosts and gifts, read and checked; the start we propose. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.kit.refusals import Invalid
from app.tiers.rules import (
    FEWEST_LEVELS,
    GRACES,
    MOST_LEVELS,
    PERCENTS,
    PERIODS,
    BoostRule,
    Level,
    Policy,
)

START_POLICY = Policy()
# Names alone cost nothing; what each brings is the shop's to decide.
START: tuple[tuple[Level, dict[str, Any]], ...] = (
    (Level(0, "새싹", 1), {}),
    (Level(0, "단골", 5), {"early_news": True}),
    (Level(0, "으뜸", 15), {"early_news": True}),
)
_MOST_VISITS = 999
_MOST_WON = 100_000_000
_NAME_MAX = 8
_WORDS_MAX = 20


def number(text: str) -> int | None:
    """Return a whole number as people type it ("100,000", "5 번"), or None."""
    plain = text.strip().removesuffix("원").removesuffix("번").replace(",", "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def clean_rule(
    *,
    measure: str,
    months: str,
    downgrade: str,
    grace_days: str,
    rows: Sequence[tuple[str, str, str]],
) -> tuple[Policy, list[Level]]:
    """Check how a shop decides and its levels, typed as (id, name, least); empty rows are left out.

    Raises Invalid; the fields of a row are name_1, least_1, name_2 …
    """
    wrong: dict[str, str] = {}
    if measure not in ("visits", "spend"):
        wrong["measure"] = "무엇으로 정할지 골라 주세요."
    if number(months) not in PERIODS:
        wrong["months"] = "기간을 골라 주세요."
    if downgrade not in ("never", "grace"):
        wrong["downgrade"] = "내려가는 방법을 골라 주세요."
    if number(grace_days) not in GRACES:
        wrong["grace_days"] = "며칠을 기다릴지 골라 주세요."
    levels = _levels(rows, measure, wrong)
    if not wrong and len(levels) < FEWEST_LEVELS:
        wrong[f"name_{len(levels) + 1}"] = "등급은 두 가지부터예요. 한 칸을 더 채워 주세요."
    if wrong:
        raise Invalid(wrong)
    policy = Policy(measure, int(months), downgrade, int(grace_days))
    return policy, sorted(levels, key=lambda level: level.least)


def _levels(rows: Sequence[tuple[str, str, str]], measure: str, wrong: dict[str, str]) -> list[Level]:
    most, unit = (_MOST_WON, "원") if measure == "spend" else (_MOST_VISITS, "번")
    levels: list[Level] = []
    for place, (row_id, typed_name, typed_least) in enumerate(rows[:MOST_LEVELS], 1):
        name, least = " ".join(typed_name.split()), number(typed_least)
        if not name and not typed_least.strip():
            continue
        if not name:
            wrong[f"name_{place}"] = "등급 이름을 적어 주세요. 예: 단골"
        elif len(name) > _NAME_MAX:
            wrong[f"name_{place}"] = f"등급 이름은 {_NAME_MAX}자까지 쓸 수 있어요."
        elif name in {level.name for level in levels}:
            wrong[f"name_{place}"] = "같은 이름이 있어요. 다른 이름을 적어 주세요."
        if least is None or not 1 <= least <= most:
            wrong[f"least_{place}"] = f"1{unit}부터 {most:,}{unit}까지 숫자로 적어 주세요."
        elif least in {level.least for level in levels}:
            wrong[f"least_{place}"] = "다른 등급과 기준이 같아요. 다른 숫자를 적어 주세요."
        levels.append(Level(number(row_id) or 0, name, least or 0))
    return levels


def clean_benefits(*, percent: str, discount: str, extra: str) -> tuple[int, int, str]:
    """Check what a tier brings: (percent of stamps and points, discount in percent, the usual 덤). Raises Invalid."""
    wrong: dict[str, str] = {}
    if number(percent) not in PERCENTS:
        wrong["percent"] = "도장과 포인트를 몇 배로 드릴지 골라 주세요."
    off = number(discount.strip().removesuffix("%")) if discount.strip() else 0
    if off is None or off > 50:
        wrong["discount"] = "할인은 0부터 50까지 숫자로 적어 주세요."
    extra = " ".join(extra.split())
    if len(extra) > _WORDS_MAX:
        wrong["extra"] = f"덤은 {_WORDS_MAX}자까지 쓸 수 있어요."
    if wrong:
        raise Invalid(wrong)
    return int(percent), off or 0, extra


def clean_boost(
    *,
    name: str,
    percent: str,
    weekdays: Sequence[str],
    from_time: str,
    to_time: str,
    from_day: str,
    to_day: str,
    today: date,
) -> BoostRule:
    """Check when more is given ("HH:MM", "YYYY-MM-DD"; empty = always). Raises Invalid."""
    wrong: dict[str, str] = {}
    name = " ".join(name.split())
    if not name:
        wrong["name"] = "이름을 적어 주세요. 예: 화요일은 두 배"
    elif len(name) > _WORDS_MAX:
        wrong["name"] = f"이름은 {_WORDS_MAX}자까지 쓸 수 있어요."
    if number(percent) not in PERCENTS[1:]:
        wrong["percent"] = "몇 배로 드릴지 골라 주세요."
    starts, ends = _minute(from_time, 0), _minute(to_time, 1440)
    if starts is None:
        wrong["from_time"] = "시각을 다시 골라 주세요. 예: 14:00"
    if ends is None:
        wrong["to_time"] = "시각을 다시 골라 주세요. 예: 17:00"
    if starts is not None and ends is not None and ends <= starts:
        wrong["to_time"] = "끝나는 시각은 시작하는 시각보다 늦어야 해요."
    first, first_fits = _day(from_day)
    last, last_fits = _day(to_day)
    if not first_fits:
        wrong["from_day"] = "날짜를 다시 골라 주세요."
    if not last_fits:
        wrong["to_day"] = "날짜를 다시 골라 주세요."
    elif last is not None and last < max(today, first or today):
        wrong["to_day"] = (
            "끝나는 날이 지났어요. 오늘이나 뒷날을 골라 주세요."
            if last < today
            else "끝나는 날은 시작하는 날보다 빠를 수 없어요."
        )
    if wrong:
        raise Invalid(wrong)
    days = "".join(sorted({day for day in weekdays if day in tuple("0123456")}))
    return BoostRule(
        name,
        int(percent),
        weekdays="" if len(days) == 7 else days,
        from_minute=starts or 0,
        to_minute=1440 if ends is None else ends,
        from_day=first,
        to_day=last,
    )


def _minute(text: str, empty: int) -> int | None:
    text = text.strip()
    if not text:
        return empty
    hour, _, minute = text.partition(":")
    if not (hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()):
        return None
    if len(hour) > 2 or len(minute) != 2 or int(hour) > 23 or int(minute) > 59:
        return None
    found = int(hour) * 60 + int(minute)
    # Midnight as an end is the end of the day.
    return empty if found == 0 else found


def _day(text: str) -> tuple[date | None, bool]:
    text = text.strip()
    if not text:
        return None, True
    try:
        return date.fromisoformat(text), True
    except ValueError:
        return None, False


def clean_name(name: str, *, example: str) -> str:
    """Check what a gift list or a 덤 is called. Raises Invalid (field: name)."""
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": f"무엇인지 적어 주세요. 예: {example}"})
    if len(name) > _WORDS_MAX:
        raise Invalid({"name": f"{_WORDS_MAX}자까지 쓸 수 있어요."})
    return name
