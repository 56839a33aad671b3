"""가게 흐름 in words: months, weeks and hours, and silence where too little is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.insights.weeks import (
    Day,
    Week,
    busy,
    hour_words,
    month_words,
    newcomers_words,
    returning_words,
    share_words,
    weeks,
)

TODAY = date(2026, 11, 26)  # a Thursday


def _days(first: date, last: date, visits: int, returning: int = 0) -> list[Day]:
    many = (last - first).days + 1
    return [Day(first + timedelta(days=each), visits, returning, visits - returning) for each in range(many)]


@pytest.mark.parametrize(
    ("november", "october", "sentence"),
    [
        (0, 5, "11월에는 아직 오신 손님이 없어요."),
        (4, 0, "11월에는 손님이 104번 오셨어요."),
        (4, 4, "11월에는 손님이 104번 오셨어요. 지난달 이맘때와 비슷해요."),
        (5, 4, "11월에는 손님이 130번 오셨어요. 지난달 이맘때보다 26번 많아요."),
        (3, 4, "11월에는 손님이 78번 오셨어요. 지난달 이맘때보다 26번 적어요."),
    ],
)
def test_a_month_is_compared_with_the_same_days_before(november: int, october: int, sentence: str) -> None:
    days = _days(date(2026, 10, 1), date(2026, 10, 31), october)
    days += _days(date(2026, 11, 1), TODAY, november)
    assert month_words(days, today=TODAY) == sentence


def test_the_last_of_a_long_month_is_compared_with_the_whole_short_one() -> None:
    days = _days(date(2027, 2, 1), date(2027, 3, 31), 10)
    assert month_words(days, today=date(2027, 3, 31)).endswith("지난달 이맘때보다 30번 많아요.")


@pytest.mark.parametrize(
    ("visits", "returning", "sentence"),
    [
        (9, 9, ""),
        (20, 20, "거의 모두 다시 오신 손님이었어요."),
        (20, 0, "거의 모두 처음 온 손님이었어요."),
        (20, 15, "열 번 가운데 여덟 번은 다시 오신 손님이었어요."),
    ],
)
def test_a_share_is_said_in_tenths(visits: int, returning: int, sentence: str) -> None:
    assert share_words(visits, returning) == sentence


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
        (_weeks(3, 3, new=4), "처음 온 손님은 한 주에 4명쯤이에요."),
        (
            [Week(TODAY, 1, 0, True)] * 3 + [Week(TODAY, 1, 1, True)],
            "처음 온 손님은 한 주에 한 명이 안 돼요.",
        ),
    ],
)
def test_who_is_new(found: list[Week], sentence: str) -> None:
    assert newcomers_words(found) == sentence


def test_the_busiest_hour_and_the_busiest_day_may_be_two() -> None:
    times = [(1, 12)] * 14 + [(5, 9)] * 10 + [(5, 15)] * 10 + [(1, 8)] * 2
    found = busy(times)
    assert found is not None
    assert found.words == "화요일 낮 12시가 가장 붐벼요."
    assert found.hours == [(8, 2), (9, 0), (10, 0), (11, 0), (12, 14), (13, 0), (14, 0), (15, 0)]
    assert (found.day_words, found.busiest_day) == ("한 주 가운데 토요일에 가장 많이 오세요.", 5)
    assert busy(times[:29]) is None
    even = busy([(0, 9)] * 20 + [(1, 9)] * 20)
    assert even is not None and even.busiest_day == -1


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
