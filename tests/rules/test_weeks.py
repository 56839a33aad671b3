"""가게 흐름 in words: weeks and hours, and silence where too little is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.insights.weeks import (
    Day,
    Week,
    hour_words,
    newcomers_words,
    returning_words,
    weeks,
)

TODAY = date(2026, 11, 26)  # a Thursday


def _days(first: date, last: date, visits: int, returning: int = 0) -> list[Day]:
    many = (last - first).days + 1
    return [Day(first + timedelta(days=each), visits, returning, visits - returning) for each in range(many)]


def test_weeks_begin_with_the_shop_and_the_first_and_this_one_are_not_whole() -> None:
    found = weeks(_days(date(2026, 11, 4), TODAY, 3, 2), today=TODAY, many=8)
    assert [(week.first.day, week.returning, week.new_customers, week.is_whole) for week in found] == [
        (2, 10, 5, False),
        (9, 14, 7, True),
        (16, 14, 7, True),
        (23, 8, 4, False),
    ]
    assert weeks([], today=TODAY, many=8) == []


def _weeks(*returning: int, new: int = 0) -> list[Week]:
    return [Week(TODAY, each, new, place < len(returning) - 1) for place, each in enumerate(returning)]


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (_weeks(0), "요즘은 다시 온 손님이 없어요."),
        (_weeks(7), "이번 주에 다시 온 손님은 7번 오셨어요."),
        ([Week(TODAY, 3, 0, False), Week(TODAY, 1, 0, False)], "지난주부터 다시 온 손님은 4번 오셨어요."),
        (_weeks(0, 0, 0, 1, 2), "다시 온 손님은 한 주에 한 번이 안 돼요."),
        (_weeks(10, 10, 4), "다시 온 손님은 한 주에 10번쯤 오세요."),
        (_weeks(10, 10, 10, 10, 4), "다시 온 손님은 한 주에 10번쯤 오세요. 꾸준해요."),
        (_weeks(10, 10, 20, 20, 4), "다시 온 손님은 한 주에 15번쯤 오세요. 요즘 늘고 있어요."),
        (_weeks(20, 20, 10, 10, 4), "다시 온 손님은 한 주에 15번쯤 오세요. 요즘 줄고 있어요."),
    ],
)
def test_who_comes_again(found: list[Week], sentence: str) -> None:
    assert returning_words(found) == sentence


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (_weeks(3, 3), "요즘은 처음 온 손님이 없어요."),
        (_weeks(3, new=2), "이번 주에 처음 온 손님은 2명이에요."),
        ([Week(TODAY, 1, 1, False)] * 2, "지난주부터 처음 온 손님은 2명이에요."),
        (_weeks(3, 3, new=4), "처음 온 손님은 한 주에 4명쯤이에요."),
        (
            [Week(TODAY, 1, 0, True)] * 3 + [Week(TODAY, 1, 1, True)],
            "처음 온 손님은 한 주에 한 명이 안 돼요.",
        ),
    ],
)
def test_who_is_new(found: list[Week], sentence: str) -> None:
    assert newcomers_words(found) == sentence


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        (0, "새벽 12시"),
        (5, "새벽 5시"),
        (9, "오전 9시"),
        (12, "낮 12시"),
        (15, "오후 3시"),
        (18, "저녁 6시"),
        (21, "밤 9시"),
    ],
)
def test_hours_are_said_as_people_say_them(hour: int, said: str) -> None:
    assert hour_words(hour) == said
