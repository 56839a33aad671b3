"""What the owner is told in words is true of this person and this week, and can be said aloud."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.cards.rules import read_lookup
from app.insights import rules
from app.insights.rules import Guest

_MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("guest", "said"),
    [
        (Guest("김민지", 1), "처음 오셨네요, 반가워요!"),
        (Guest("김민지", 1, likes="라떼 연하게"), "처음 오셨네요, 반가워요! 라떼 연하게 드릴까요?"),
        (Guest("김민지", 7, 12, 5, likes="라떼 연하게"), "오랜만이에요! 오늘도 라떼 연하게 드릴까요?"),
        (
            Guest("김민지", 7, 6, 5, likes="라떼 연하게"),
            "김민지 님, 어서 오세요! 오늘도 라떼 연하게 드릴까요?",
        ),
        (Guest("김민지", 3, 30), "오랜만이에요!"),
        (Guest("김민지", 3, 2, 1), "김민지 님, 어서 오세요!"),
        (Guest("", 3, 2), "어서 오세요, 또 뵙네요!"),
        (Guest("", 3, 0), "또 오셨네요, 반가워요!"),
        (
            Guest("이수", 4, 3, likes="얼음 적게, 창가 자리"),
            "이수 님, 어서 오세요! 오늘도 얼음 적게 드릴까요?",
        ),
        (
            Guest("이수", 4, 3, likes="오이 싫어함", usual="라떼"),
            "이수 님, 어서 오세요! 오늘도 라떼 드릴까요?",
        ),
        (Guest("이수", 4, 3, likes="창가를 좋아해요"), "이수 님, 어서 오세요!"),
        (Guest("이수", 4, 3, likes="아이스크림"), "이수 님, 어서 오세요! 오늘도 아이스크림 드릴까요?"),
        (
            Guest("이수", 4, 3, likes="라떼", reward_ready="쿠키"),
            "이수 님, 어서 오세요! 쿠키, 오늘 드릴까요?",
        ),
        (
            Guest("이수", 4, 3, missing=1, reward_name="쿠키"),
            "이수 님, 어서 오세요! 도장 한 개만 더 모으시면 쿠키 드려요.",
        ),
    ],
)
def test_the_greeting_is_made_from_what_is_true(guest: Guest, said: str) -> None:
    assert rules.greeting(guest) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "오늘 또 오셨어요"), (1, "어제도 오셨어요"), (12, "12일 만이에요"), (59, "59일 만이에요"),
        (61, "두 달 만이에요"), (340, "열한 달 만이에요"), (400, "1년 만이에요"), (800, "2년 만이에요"),
    ],
)  # fmt: skip
def test_a_gap_in_words(days: int, said: str) -> None:
    assert rules.gap_words(days) == said


def test_a_rhythm_needs_four_visits_and_is_the_median() -> None:
    days = [_MONDAY - timedelta(days=back) for back in (0, 7, 14, 60)]
    assert rules.rhythm(days[:3]) is None
    assert rules.rhythm([*days, days[0]]) == 7
    assert rules.rhythm_words(7) == "일주일에 한 번쯤 오세요"
    assert rules.rhythm_words(5) == "보통 5일에 한 번 오세요"


@pytest.mark.parametrize(
    ("gap", "due"), [(0, False), (3, False), (6, True), (7, True), (9, True), (10, False), (30, False)]
)
def test_due_follows_the_own_rhythm(gap: int, due: bool) -> None:
    assert rules.is_due(gap_days=gap, rhythm_days=7) is due


def _week(*counts: int) -> list[tuple[date, int]]:
    return [(_MONDAY + timedelta(days=place), count) for place, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("counts", "before", "said", "busiest"),
    [
        ((0,) * 7, 5, "지난 일주일은 찍은 도장이 없어요.", -1),
        ((1, 2, 3, 4, 5, 9, 6), 0, "지난 일주일은 토요일이 가장 바빴어요.", 5),
        (
            (1, 2, 3, 4, 5, 9, 6),
            20,
            "지난 일주일은 토요일이 가장 바빴어요. 한 주 동안 도장 30개, 그 전 주보다 10개 많아요.",
            5,
        ),
        (
            (1, 2, 3, 4, 5, 9, 6),
            30,
            "지난 일주일은 토요일이 가장 바빴어요. 한 주 동안 도장 30개, 그 전 주와 똑같아요.",
            5,
        ),
        ((5, 5, 0, 0, 0, 0, 0), 12, "지난 일주일에 도장 10개를 찍었어요. 그 전 주보다 2개 적어요.", -1),
    ],
)
def test_the_week_in_one_sentence(counts: tuple[int, ...], before: int, said: str, busiest: int) -> None:
    assert rules.week_words(_week(*counts), before=before) == said
    assert rules.busiest_index(_week(*counts)) == busiest


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("7q2k", ("7Q2K", None, None)),
        ("7243", ("7243", "7243", None)),
        ("0108", (None, "0108", None)),
        ("010-1234-5678", (None, None, "01012345678")),
        ("김민지", (None, None, None)),
        ("", (None, None, None)),
        ("１２３４", (None, None, None)),
    ],
)
def test_what_was_typed_at_the_counter(typed: str, read: tuple[str | None, ...]) -> None:
    assert read_lookup(typed) == read
