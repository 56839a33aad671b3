"""When somebody usually comes, and how sure that is, in words for the owner. Pure.

Where the visits show no habit none is said: a day or an hour is named only when most of the visits lie there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.insights.bgnbd import LEAST_AGAIN, LEAST_PEOPLE

_WEEKDAYS = "월화수목금토일"
# Fewer visits show no habit.
HABIT_VISITS = 4
_ONE_DAY, _TWO_DAYS, _EACH_OF_TWO, _WORKDAYS, _PART = 0.6, 0.7, 0.25, 0.95, 0.6
# Hours of a day (first, behind the last) by the name they are called, the narrow ones first.
_PARTS = (
    (0, 6, "새벽"), (6, 9, "아침"), (9, 12, "오전"), (12, 14, "점심"), (14, 18, "오후"), (18, 21, "저녁"), (21, 24, "밤"),
    (6, 12, "오전"), (12, 18, "오후"), (18, 24, "저녁"),
)  # fmt: skip
# From here on somebody probably comes again; below the other one, probably not.
_LIKELY, _UNLIKELY = 0.7, 0.3


@dataclass(frozen=True)
class Habit:
    """On which weekdays (0 = Monday) and in which part of the day somebody comes; empty where nothing is usual."""

    weekdays: tuple[int, ...] = ()
    part: str = ""


def habit(moments: Sequence[tuple[int, int]]) -> Habit:
    """Return somebody's habit from the (weekday, hour) of their visits in Korea."""
    if len(moments) < HABIT_VISITS:
        return Habit()
    return Habit(_usual_days([day for day, _hour in moments]), _usual_part([hour for _day, hour in moments]))


def _usual_days(days: Sequence[int]) -> tuple[int, ...]:
    (first, most), *rest = sorted(Counter(days).items(), key=lambda each: (-each[1], each[0]))
    if most >= _ONE_DAY * len(days):
        return (first,)
    second, times = rest[0]
    if most + times >= _TWO_DAYS * len(days) and times >= _EACH_OF_TWO * len(days):
        return tuple(sorted((first, second)))
    if sum(day < 5 for day in days) >= _WORKDAYS * len(days):
        return (0, 1, 2, 3, 4)
    return (5, 6) if sum(day >= 5 for day in days) >= _WORKDAYS * len(days) else ()


def _usual_part(hours: Sequence[int]) -> str:
    for first, end, name in _PARTS:
        if sum(first <= hour < end for hour in hours) >= _PART * len(hours):
            return name
    return ""


def habit_words(rhythm_days: int | None, habit: Habit) -> str:
    """Return how often and when somebody comes: "보통 9일마다, 화·목 오전에 와요"; "" without a rhythm of their own."""
    if rhythm_days is None:
        return ""
    when = _when(habit)
    return f"{_often(rhythm_days)}, {when} 와요" if when else f"{_often(rhythm_days)} 와요"


def _often(days: int) -> str:
    if days <= 1:
        return "거의 매일"
    if days in (6, 7, 8):
        return "일주일에 한 번쯤"
    if days in (13, 14, 15):
        return "두 주에 한 번쯤"
    if 27 <= days <= 33:
        return "한 달에 한 번쯤"
    return f"보통 {days}일마다"


def _when(habit: Habit) -> str:
    names = {(): "", (5, 6): "주말", (0, 1, 2, 3, 4): "평일"}
    days = names.get(habit.weekdays)
    if days is None:
        days = "·".join(_WEEKDAYS[day] for day in habit.weekdays)
        if len(habit.weekdays) == 1 or not habit.part:
            days += "요일"
    said = " ".join(filter(None, (days, habit.part)))
    return f"{said}에" if said else ""


def chance_words(alive: float | None) -> str:
    """Return how likely somebody comes again, as the model says it; "" where it says nothing."""
    if alive is None:
        return ""
    if alive >= _LIKELY:
        return "다시 오실 것 같아요"
    return "다시 오실지 반반이에요" if alive >= _UNLIKELY else "다시 오시기 어려울 수 있어요"


def how_it_is_known(reason: str, *, people: int) -> str:
    """Return by what a shop's quiet people are found: with its model, or by the simple rule and why.

    `reason`: why there is no model (few | unclear), "" where there is one. `people`: who it is made of.
    """
    if not reason:
        return f"손님 {people:,}명이 오신 간격으로 다시 오실 가능성을 계산했어요. 가게가 쉰 날은 빼고 셌어요."
    simple = "평소 오시던 간격보다 훨씬 오래 안 오신 분을 알려 드려요."
    if reason == "few":
        return (
            f"아직 방문 기록이 적어서 간단하게 봐요. {simple} 손님 {LEAST_PEOPLE}명과 다시 오신 방문"
            f" {LEAST_AGAIN}번이 쌓이면 다시 오실 가능성도 계산해요."
        )
    return f"오시는 간격이 저마다 달라서 다시 오실 가능성은 계산하지 못했어요. {simple}"
