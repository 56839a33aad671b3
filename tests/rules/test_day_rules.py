"""What may be typed as a birthday, and how such a day reads."""

from __future__ import annotations

from datetime import date

import pytest

from app.customers import day_rules as rules
from app.kit.lunar import Yearly
from app.kit.refusals import Invalid


def _typed(month: str = "", day: str = "", calendar: str = "solar", **more: str) -> dict[str, str]:
    return {"birth_month": month, "birth_day": day, "birth_calendar": calendar, **more}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (_typed("3", "5", "lunar"), Yearly(3, 5, True)),
        (_typed("6", "30", "leap"), Yearly(6, 30, True, True)),
        (_typed("2", "29"), Yearly(2, 29)),
        (_typed("12", "31", ""), Yearly(12, 31)),
        (_typed(calendar="lunar"), None),
        ({}, None),
    ],
)
def test_a_day_that_can_be_kept(typed: dict[str, str], kept: Yearly | None) -> None:
    found = rules.clean_days(typed)
    assert found.birth == kept
    again = rules.typed_days(found.birth, found.anniversary, found.anniversary_name)
    assert rules.clean_days(again) == found


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (_typed("3", ""), "birth_day"),
        (_typed("", "5"), "birth_day"),
        (_typed("4", "31"), "birth_day"),
        (_typed("2", "30"), "birth_day"),
        (_typed("12", "31", "lunar"), "birth_day"),
        (_typed("13", "1"), "birth_day"),
        (_typed("３", "5"), "birth_day"),
        (_typed("-1", "5"), "birth_day"),
        (_typed("3", "5", "mayan"), "birth_day"),
        ({"anniversary_name": "결혼기념일"}, "anniversary_day"),
        (
            {"anniversary_name": "가" * 21, "anniversary_month": "3", "anniversary_day": "5"},
            "anniversary_name",
        ),
    ],
)
def test_a_day_that_can_not(typed: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.clean_days(typed)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("day", "words", "today", "coming"),
    [
        (Yearly(3, 5, True), "음력 3월 5일", date(2026, 1, 2), "올해는 4월 21일(화)"),
        (Yearly(3, 5, True), "음력 3월 5일", date(2026, 11, 23), "내년은 4월 11일(일)"),
        (Yearly(3, 5, True), "음력 3월 5일", date(2026, 4, 21), "오늘이에요"),
        (Yearly(6, 1, True, True), "음력 윤6월 1일", date(2026, 7, 1), "올해는 7월 14일(화)"),
        (Yearly(11, 23), "11월 23일", date(2026, 11, 23), "오늘이에요"),
        (Yearly(11, 24), "11월 24일", date(2026, 11, 23), ""),
        (Yearly(2, 29), "2월 29일", date(2026, 2, 1), "올해는 2월 28일(토)"),
        (Yearly(12, 30, True), "음력 12월 30일", date(2051, 3, 1), ""),
    ],
)
def test_how_it_reads(day: Yearly, words: str, today: date, coming: str) -> None:
    assert rules.yearly_words(day) == words
    assert rules.coming_words(day, today) == coming
