"""Closed days and how far ends move, as tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.kit.refusals import Invalid
from app.shops import calendar_rules as rules
from app.shops.calendar_rules import Special, Weekly

TODAY = date(2026, 11, 23)  # a Monday


def _days(first: date, number: int) -> set[date]:
    return {first + timedelta(days=each) for each in range(number)}


def test_the_week_and_what_differs_from_it() -> None:
    week = [Weekly(0, date(2026, 11, 16), None), Weekly(2, date(2026, 11, 1), date(2026, 11, 18))]
    special = [
        Special(date(2026, 11, 27), date(2026, 11, 29), is_open=False),
        Special(date(2026, 11, 23), date(2026, 11, 23), is_open=True),  # this Monday they open
        Special(
            date(2026, 11, 28), date(2026, 11, 28), is_open=True
        ),  # changed their mind: entered later wins
    ]
    found = rules.closed(week, special, since=date(2026, 11, 9), until=date(2026, 11, 30))
    days = ((11, 11), (11, 16), (11, 18), (11, 27), (11, 29), (11, 30))
    assert found == {date(2026, *day) for day in days}
    assert rules.closed([], [], since=TODAY, until=TODAY) == frozenset()


FEAST = _days(date(2026, 2, 16), 3)
END = date(2026, 8, 10)
ENDS = [
    # what the shop is closed on, the last good day by the rule, until when it can be used
    ("nothing", set(), END, END),
    ("설 연휴", FEAST, date(2026, 2, 17), date(2026, 2, 19)),
    ("the feast is over", FEAST, date(2026, 2, 19), date(2026, 2, 19)),
    ("the day before it", FEAST, date(2026, 2, 15), date(2026, 2, 15)),
    ("a day off after the feast", FEAST | {date(2026, 2, 19)}, date(2026, 2, 17), date(2026, 2, 20)),
    ("exactly a week, before the end: no last chance is lost", _days(date(2026, 8, 1), 7), END, END),
    ("exactly a week, over the end", _days(date(2026, 8, 6), 7), END, date(2026, 8, 13)),
    ("eight days, before the end", _days(date(2026, 8, 1), 8), END, date(2026, 8, 18)),
    ("two weeks over the end: the ten days lost come after reopening", _days(date(2026, 8, 1), 14), END,
     date(2026, 8, 24)),
    ("a month over the end", _days(date(2026, 8, 1), 31), END, date(2026, 9, 10)),
    ("long ago", _days(date(2026, 6, 1), 20), END, END),
    ("only what lies in the last thirty days comes back", _days(date(2026, 7, 3), 14), END, date(2026, 8, 15)),
    ("given back onto a day off", _days(date(2026, 8, 1), 8) | {date(2026, 8, 18)}, END, date(2026, 8, 19)),
    ("two long ones", _days(date(2026, 7, 13), 8) | _days(date(2026, 8, 1), 8), END, date(2026, 8, 26)),
]  # fmt: skip


@pytest.mark.parametrize(("closed", "end", "until"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_how_far_an_end_moves(closed: set[date], end: date, until: date) -> None:
    assert rules.good_until(end, closed) == until


def test_an_end_is_found_also_when_a_shop_never_opens_again() -> None:
    forever = _days(date(2026, 1, 1), 2000)
    assert rules.shifted(END, forever) == END
    assert rules.good_until(END, forever) > END


GOOD = {"first": "2026-12-24", "last": "2026-12-26", "note": " 여름  휴가 "}


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"first": ""}, {"first"}),
        ({"first": "내일"}, {"first"}),
        ({"last": "2026-12-23"}, {"last"}),
        ({"last": "글피"}, {"last"}),
        ({"last": "2027-03-26"}, {"last"}),  # 93 days
        ({"first": "2026-10-01", "last": ""}, {"first"}),
        ({"first": "2099-01-01", "last": ""}, {"first"}),
        ({"note": "가" * 21}, {"note"}),
    ],
)
def test_days_that_can_not_be_entered(typed: dict[str, str], wrong: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        rules.clean_range(**(GOOD | typed), today=TODAY)
    assert set(refused.value.fields) == wrong


def test_days_that_can_be_entered() -> None:
    assert rules.clean_range(**GOOD, today=TODAY) == (date(2026, 12, 24), date(2026, 12, 26), "여름 휴가")
    one = rules.clean_range(first="2026-11-23", last="", note="", today=TODAY)
    assert one == (TODAY, TODAY, "")
    assert rules.clean_weekly(["0", "0", "6"]) == {0, 6}
    assert rules.clean_weekly([]) == frozenset()
    for typed in (list("0123456"), ["7"], ["월"]):
        with pytest.raises(Invalid):
            rules.clean_weekly(typed)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 12, 25), date(2026, 12, 25), "12월 25일(금)"),
        (date(2026, 11, 28), date(2026, 11, 30), "11월 28일–30일"),
        (date(2026, 12, 31), date(2027, 1, 1), "12월 31일–1월 1일"),
        (date(2027, 2, 6), date(2027, 2, 9), "2027년 2월 6일–9일"),
    ],
)
def test_days_in_words(first: date, last: date, words: str) -> None:
    assert rules.range_words(first, last, TODAY) == words
