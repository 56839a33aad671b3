"""What may be kept of a person, what a name is found by, and what is said of when they come: as tables."""

from __future__ import annotations

from datetime import date

import pytest

from app.customers import day_rules, known_rules
from app.insights.rules import Guest, greeting
from app.kit.korean import sound_range
from app.kit.lunar import Yearly
from app.kit.refusals import Invalid


@pytest.mark.parametrize(
    ("guest", "said"),
    [
        (Guest("한지우", 7, 3, 5, companion="콩이"), "한지우 님, 콩이도 잘 있죠?"),
        (
            Guest("", 7, 3, 5, companion="콩이", likes="라떼"),
            "어서 오세요! 콩이도 잘 있죠? 오늘도 라떼 드릴까요?",
        ),
        (Guest("한지우", 7, 40, 5, companion="콩이"), "오랜만이에요! 콩이도 잘 있죠?"),
        (Guest("한지우", 1, companion="콩이"), "처음 오셨네요, 반가워요!"),
        (Guest("한지우", 7, 0, companion="콩이"), "또 오셨네요, 반가워요!"),
        (Guest("한지우", 7, 3, birthday_in=0, companion="콩이"), "한지우 님, 생일 축하드려요!"),
        (Guest("", 7, 3, birthday_in=0, likes="라떼"), "생일 축하드려요! 오늘도 라떼 드릴까요?"),
        (
            Guest("한지우", 7, 3, birthday_in=3, likes="라떼"),
            "한지우 님, 어서 오세요! 곧 생일이시죠? 미리 축하드려요!",
        ),
        (
            Guest("한지우", 7, 3, birthday_in=3, reward_ready="쿠키"),
            "한지우 님, 어서 오세요! 쿠키, 오늘 드릴까요?",
        ),
    ],
)
def test_the_greeting_is_made_of_what_is_true(guest: Guest, said: str) -> None:
    assert greeting(guest) == said


@pytest.mark.parametrize(
    ("day", "away"),
    [
        (None, None),
        (Yearly(11, 26), 0),
        (Yearly(12, 2), 6),
        (Yearly(12, 3), None),
        (Yearly(11, 25), None),
        (Yearly(10, 18, is_lunar=True), 0),
    ],
)
def test_how_far_a_birthday_is(day: Yearly | None, away: int | None) -> None:
    assert day_rules.days_until(day, date(2026, 11, 26)) == away


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"name": "콩이"}, set()),
        ({"name": " 콩이 ", "note": "x" * 120, "birth_month": "2", "birth_day": "29"}, set()),
        ({"name": ""}, {"name"}),
        ({"name": "가" * 21, "note": "가" * 121}, {"name", "note"}),
        ({"name": "콩이", "note": "당뇨약 먹어요"}, {"note"}),
        ({"name": "콩이", "note": "900101-1234567"}, {"note"}),
        ({"name": "콩이", "birth_month": "2"}, {"birth_day"}),
        ({"name": "콩이", "birth_month": "2", "birth_day": "30"}, {"birth_day"}),
        ({"name": "콩이", "birth_month": "2", "birth_day": "3", "birth_calendar": "mayan"}, {"birth_day"}),
    ],
)
def test_who_comes_along(typed: dict[str, str], wrong: set[str]) -> None:
    found: set[str] = set()
    try:
        assert known_rules.clean_companion(typed).name == "콩이"
    except Invalid as refusal:
        found = set(refusal.fields)
    assert found == wrong


@pytest.mark.parametrize(
    ("reason", "is_well"),
    [
        ("세무사에게 보여 주려고", True),
        ("", False),
        ("음", False),
        ("가" * 81, False),
        ("010-1234-5678 때문에", False),
    ],
)
def test_why_the_list_leaves(reason: str, is_well: bool) -> None:
    try:
        known_rules.clean_reason(reason)
        assert is_well
    except Invalid:
        assert not is_well


@pytest.mark.parametrize(
    ("char", "edges"),
    [
        ("ㅁ", ("마", "밓")),
        ("ㅎ", ("하", "힣")),
        ("ㄲ", ("까", "낗")),
        ("김", None),
        ("k", None),
        ("ㅏ", None),
    ],
)
def test_a_sound_stands_for_its_syllables(char: str, edges: tuple[str, str] | None) -> None:
    assert sound_range(char) == edges
