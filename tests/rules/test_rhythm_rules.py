"""A rhythm of one's own and the shop's, where somebody stands by it, and when they usually come."""

from __future__ import annotations

import pytest

from app.insights import habits, rules
from app.insights.habits import Habit


@pytest.mark.parametrize(
    ("gaps", "shop", "rhythm"),
    [
        ([7, 7, 7], 30, 7),  # from four visits on it is their own
        ([7, 7, 90], 30, 7),  # one long absence doesn't move a median
        ([2, 4, 5, 7], None, 4),  # 4.5, to the even number
        ([], 9, 9),  # who came once: the shop's
        ([3], 9, 7),  # a third of their own
        ([3, 3], 9, 5),  # two thirds
        ([3, 6], 9, 6),
        ([60], 6, 24),
        ([1, 1], 1, 1),
        ([5], None, None),  # neither their own nor the shop's
        ([], None, None),
    ],
)
def test_a_rhythm_is_drawn_towards_the_shops_until_it_stands(
    gaps: list[int], shop: int | None, rhythm: int | None
) -> None:
    assert rules.shared_rhythm(gaps, shop) == rhythm


@pytest.mark.parametrize(
    ("people", "rhythm"),
    [
        ({14: 9}, None),  # too few to speak for a shop
        ({14: 10}, 7),
        ({2: 4, 14: 2, 60: 4}, 7),
        ({2: 6, 60: 4}, 1),  # each person counts once, who comes daily too
        ({1: 30}, 1),
    ],
)
def test_a_shops_rhythm_is_the_middle_of_its_peoples(people: dict[int, int], rhythm: int | None) -> None:
    assert rules.shop_rhythm(people) == rhythm


@pytest.mark.parametrize(
    ("visits", "away", "rhythm", "own", "standing"),
    [
        (0, 0, 9, False, ""),
        (1, 0, 9, False, "comes"),
        (2, 5, 9, False, "comes"),
        (3, 5, 9, False, "comes"),
        (9, 12, 7, True, "comes"),  # 1.75 × 7 = 12.25
        (9, 13, 7, True, "quiet"),
        (9, 20, 7, True, "quiet"),
        (9, 21, 7, True, "dormant"),
        (9, 6, 1, True, "comes"),  # who comes every day is missed after a week …
        (9, 7, 1, True, "quiet"),
        (9, 21, 1, True, "dormant"),  # … and gone after three
        (9, 105, 60, True, "quiet"),
        (9, 180, 60, True, "dormant"),
        (1, 20, 3, False, "comes"),  # no rhythm of their own: given three weeks …
        (1, 21, 3, False, "quiet"),
        (1, 89, 3, False, "quiet"),
        (1, 90, 3, False, "dormant"),  # … and ninety days
        (2, 61, 35, False, "comes"),  # where people come seldom, longer
        (2, 62, 35, False, "quiet"),
        (2, 104, 35, False, "quiet"),
        (2, 105, 35, False, "dormant"),
        (5, 89, None, False, "comes"),  # no rhythm at all
        (5, 90, None, False, "dormant"),
    ],
)
def test_where_somebody_stands(visits: int, away: int, rhythm: int | None, own: bool, standing: str) -> None:
    found = rules.standing_of(visits=visits, away_days=away, rhythm_days=rhythm, is_own=own)
    assert found == standing


TUESDAY, THURSDAY, SATURDAY, SUNDAY = 1, 3, 5, 6


@pytest.mark.parametrize(
    ("rhythm", "moments", "words"),
    [
        (9, [(TUESDAY, 10), (THURSDAY, 9), (TUESDAY, 11), (THURSDAY, 10)], "보통 9일마다, 화·목 오전에 와요"),
        (7, [(TUESDAY, 10)] * 4, "일주일에 한 번쯤, 화요일 오전에 와요"),
        (4, [(TUESDAY, 8), (THURSDAY, 13), (TUESDAY, 19), (THURSDAY, 22)], "보통 4일마다, 화·목요일에 와요"),
        (1, [(day, 8) for day in range(5)] * 2, "거의 매일, 평일 아침에 와요"),
        (14, [(SATURDAY, 15), (SUNDAY, 16)] * 2, "두 주에 한 번쯤, 주말 오후에 와요"),
        (30, [(0, 19), (2, 18), (4, 20), (6, 19)], "한 달에 한 번쯤, 저녁에 와요"),
        (10, [(0, 9), (2, 13), (4, 19), (6, 23)], "보통 10일마다 와요"),  # nothing is usual
        (5, [(0, 11), (1, 7), (3, 10), (5, 8), (6, 11)], "보통 5일마다, 오전에 와요"),
        (9, [(TUESDAY, 10)] * 3, "보통 9일마다 와요"),  # three times are no habit
        (None, [(TUESDAY, 10)] * 9, ""),
    ],
)
def test_a_habit_in_words(rhythm: int | None, moments: list[tuple[int, int]], words: str) -> None:
    assert habits.habit_words(rhythm, habits.habit(moments)) == words


def test_a_day_is_usual_only_when_most_visits_lie_there() -> None:
    assert habits.habit([(0, 9), (0, 9), (1, 9), (2, 9), (3, 9)]) == Habit((0, 1, 2, 3, 4), "오전")
    assert habits.habit([(0, 9), (1, 9), (5, 9), (6, 9), (3, 9)]).weekdays == ()


@pytest.mark.parametrize(
    ("alive", "words"),
    [
        (None, ""),
        (0.9, "다시 오실 것 같아요"),
        (0.5, "다시 오실지 반반이에요"),
        (0.1, "다시 오시기 어려울 수 있어요"),
    ],
)
def test_a_chance_in_words(alive: float | None, words: str) -> None:
    assert habits.chance_words(alive) == words


def test_an_owner_reads_whether_there_is_a_model() -> None:
    assert habits.how_it_is_known("", people=1312).startswith("손님 1,312명이 오신 간격으로")
    few = habits.how_it_is_known("few", people=12)
    assert few.startswith("아직 방문 기록이 적어서") and "손님 100명과 다시 오신 방문 50번" in few
    assert "계산하지 못했어요" in habits.how_it_is_known("unclear", people=500)
