"""가게 흐름: what months, weeks and hours mean in words. Pure.

Every sentence is made only from what is true; where too little is known nothing is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.kit.korean import native_count

_WEEKDAYS = "월화수목금토일"
# Fewer visits than these say nothing about when a shop is busy, or about a share.
BUSY_VISITS = 30
_SHARE_VISITS = 10
# A change smaller than this share is none that an owner would feel.
_FELT = 0.08


@dataclass(frozen=True)
class Day:
    """The sums of one Korean day."""

    day: date
    visits: int
    returning: int
    new_customers: int


@dataclass(frozen=True)
class Week:
    """The sums of one week, Monday first. `is_whole`: it has ended, and the shop was there all along."""

    first: date
    returning: int
    new_customers: int
    is_whole: bool


def weeks(days: Sequence[Day], *, today: date, many: int) -> list[Week]:
    """Return the last weeks, this one included, from days in their order; none before the shop's first day."""
    this = today - timedelta(days=today.weekday())
    busy = [each.day for each in days if each.visits]
    if not busy:
        return []
    found = []
    for back in range(many - 1, -1, -1):
        first = this - timedelta(weeks=back)
        last = first + timedelta(days=6)
        if last < busy[0]:
            continue
        inside = [each for each in days if first <= each.day <= last]
        returning = sum(each.returning for each in inside)
        newcomers = sum(each.new_customers for each in inside)
        found.append(Week(first, returning, newcomers, busy[0] <= first and last < today))
    return found


def month_words(days: Sequence[Day], *, today: date) -> str:
    """Return this month in one or two sentences; compared with the same days of the month before."""
    first = today.replace(day=1)
    visits = sum(each.visits for each in days if each.day >= first)
    if not visits:
        return f"{today.month}월에는 아직 오신 손님이 없어요."
    told = f"{today.month}월에는 손님이 {visits:,}번 오셨어요."
    start = (first - timedelta(days=1)).replace(day=1)
    end = min(start + (today - first), first - timedelta(days=1))
    before = sum(each.visits for each in days if start <= each.day <= end)
    if before < _SHARE_VISITS:
        return told
    change = visits - before
    if abs(change) <= before * _FELT:
        return f"{told} 지난달 이맘때와 비슷해요."
    return f"{told} 지난달 이맘때보다 {abs(change):,}번 {'많아요' if change > 0 else '적어요'}."


def share_words(visits: int, returning: int) -> str:
    """Return how many of ten visits were by people who had been here before; "" while there are too few."""
    if visits < _SHARE_VISITS:
        return ""
    tenths = round(returning / visits * 10)
    if tenths >= 10:
        return "거의 모두 다시 오신 손님이었어요."
    if tenths <= 0:
        return "거의 모두 처음 온 손님이었어요."
    return f"열 번 가운데 {native_count(tenths)} 번은 다시 오신 손님이었어요."


def newcomers_words(found: Sequence[Week]) -> str:
    """Return how many people came for the first time in these weeks."""
    total = sum(week.new_customers for week in found)
    if not total:
        return "요즘은 처음 온 손님이 없어요."
    whole = [week.new_customers for week in found if week.is_whole]
    if not whole:
        return f"이번 주에 처음 온 손님은 {total:,}명이에요."
    usual = round(sum(whole) / len(whole))
    return (
        f"처음 온 손님은 한 주에 {usual:,}명쯤이에요." if usual else "처음 온 손님은 한 주에 한 명이 안 돼요."
    )


def returning_words(found: Sequence[Week]) -> str:
    """Return how often people came again, and whether that grows: the last whole weeks against those before."""
    whole = [week.returning for week in found if week.is_whole]
    if not sum(week.returning for week in found):
        return "요즘은 다시 온 손님이 없어요."
    if not whole:
        return f"이번 주에 다시 온 손님은 {sum(week.returning for week in found):,}번 오셨어요."
    told = f"다시 온 손님은 한 주에 {round(sum(whole) / len(whole)):,}번쯤 오세요."
    half = len(whole) // 2
    if half < 2:
        return told
    lately, before = sum(whole[-half:]), sum(whole[-2 * half : -half])
    if abs(lately - before) <= max(before, 1) * _FELT:
        return f"{told} 꾸준해요."
    return f"{told} 요즘 {'늘고' if lately > before else '줄고'} 있어요."


@dataclass(frozen=True)
class Busy:
    """When people come: the one busiest hour of a week, and the busiest day, which may be another.

    Weekdays begin with Monday; `hours` (0–23) are those of the busiest hour's day; busiest_day −1 = several alike.
    """

    weekday: int
    hour: int
    hours: list[tuple[int, int]]
    words: str
    weekdays: list[int]
    busiest_day: int
    day_words: str


def busy(times: Sequence[tuple[int, int]]) -> Busy | None:
    """Return when a shop is busiest from the (weekday, hour) of its visits; None while there are too few."""
    if len(times) < BUSY_VISITS:
        return None
    counted = Counter(times)
    (day, hour), _most = min(counted.items(), key=lambda each: (-each[1], each[0]))
    seen = [each for _day, each in counted]
    hours = [(each, counted[day, each]) for each in range(min(seen), max(seen) + 1)]
    per_day = [sum(1 for each, _hour in times if each == place) for place in range(7)]
    first = per_day.index(max(per_day))
    alone = per_day.count(per_day[first]) == 1
    return Busy(
        weekday=day,
        hour=hour,
        hours=hours,
        words=f"{_WEEKDAYS[day]}요일 {hour_words(hour)}가 가장 붐벼요.",
        weekdays=per_day,
        busiest_day=first if alone else -1,
        day_words=f"한 주 가운데 {_WEEKDAYS[first]}요일에 가장 많이 오세요."
        if alone
        else "어느 요일이 가장 많다고 하기 어려워요.",
    )


def hour_words(hour: int) -> str:
    """Return an hour as it is said: "오전 9시", "낮 12시", "오후 3시", "밤 9시"."""
    if hour == 12:
        return "낮 12시"
    if hour < 12:
        return f"{'새벽' if hour < 6 else '오전'} {hour or 12}시"
    return f"{'오후' if hour < 18 else '저녁' if hour < 21 else '밤'} {hour - 12}시"
