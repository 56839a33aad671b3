"""가게 흐름: what weeks and hours mean in words. Pure.

Every sentence is made only from what is true; where too little is known nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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


def newcomers_words(found: Sequence[Week]) -> str:
    """Return how many people came for the first time in these weeks."""
    total = sum(week.new_customers for week in found)
    if not total:
        return "요즘은 처음 온 손님이 없어요."
    whole = [week.new_customers for week in found if week.is_whole]
    if not whole:
        return f"{_since(found)} 처음 온 손님은 {total:,}명이에요."
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
        return f"{_since(found)} 다시 온 손님은 {sum(week.returning for week in found):,}번 오셨어요."
    usual = round(sum(whole) / len(whole))
    if not usual:
        return "다시 온 손님은 한 주에 한 번이 안 돼요."
    told = (
        f"다시 온 손님은 한 주에 {usual:,}번쯤 오세요."
        if usual > 1
        else "다시 온 손님은 한 주에 한 번쯤 오세요."
    )
    half = len(whole) // 2
    if half < 2:
        return told
    lately, before = sum(whole[-half:]), sum(whole[-2 * half : -half])
    if abs(lately - before) <= max(before, 1) * _FELT:
        return f"{told} 꾸준해요."
    return f"{told} 요즘 {'늘고' if lately > before else '줄고'} 있어요."


def _since(found: Sequence[Week]) -> str:
    return "이번 주에" if len(found) == 1 else "지난주부터"


def hour_words(hour: int) -> str:
    """Return an hour as it is said: "오전 9시", "낮 12시", "오후 3시", "밤 9시"."""
    if hour == 12:
        return "낮 12시"
    if hour < 12:
        return f"{'새벽' if hour < 6 else '오전'} {hour or 12}시"
    return f"{'오후' if hour < 18 else '저녁' if hour < 21 else '밤'} {hour - 12}시"
