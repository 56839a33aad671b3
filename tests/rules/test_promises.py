"""What a card's rule promises beyond stamps: tables."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cards import promises
from app.cards.promises import CleanRule, Stage
from app.kit.refusals import Invalid


def a_rule(**changes: Any) -> CleanRule:
    """Return a rule of ten stamps."""
    facts: dict[str, Any] = {
        "goal": 10, "reward_name": "아메리카노 한 잔", "stages": (), "point_permille": 0, "point_visit": 0,
        "point_least": 0, "expiry": "none", "expiry_months": 0, "expires_on": None,
    }  # fmt: skip
    return CleanRule(**facts | changes)


@pytest.mark.parametrize(
    ("rule", "earned", "last"),
    [
        ({}, (2026, 11, 23), None),
        ({"expiry": "months", "expiry_months": 6}, (2026, 8, 31), (2027, 2, 28)),
        ({"expiry": "months", "expiry_months": 3}, (2027, 11, 30), (2028, 2, 29)),
        ({"expiry": "activity", "expiry_months": 12}, (2028, 2, 29), (2029, 2, 28)),
        ({"expiry": "date", "expires_on": date(2026, 12, 31)}, (2026, 12, 31), (2026, 12, 31)),
        ({"expiry": "date", "expires_on": date(2026, 12, 31)}, (2027, 1, 1), (2027, 12, 31)),
        ({"expiry": "date", "expires_on": date(2028, 2, 29)}, (2028, 3, 1), (2029, 2, 28)),
        ({"expiry": "date", "expires_on": date(2028, 2, 29)}, (2031, 3, 1), (2032, 2, 29)),
    ],
)
def test_when_it_ends(
    rule: dict[str, Any], earned: tuple[int, int, int], last: tuple[int, int, int] | None
) -> None:
    assert promises.last_good_day(a_rule(**rule), date(*earned)) == (date(*last) if last else None)


def test_stages_are_passed_on_the_way_up_only() -> None:
    rule = SimpleNamespace(goal=10, stages=[[8, "쿠키"], [5, "사이즈업"]])
    assert [s.at for s in promises.reached(rule, low=0, high=12)] == [5, 8]
    assert [s.at for s in promises.reached(rule, low=5, high=7)] == []
    assert [s.at for s in promises.reached(rule, low=-2, high=5)] == [5]
    assert promises.next_stage(rule, 5) == Stage(8, "쿠키")
    assert promises.next_stage(rule, 8) is None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"goal": "1"}, "goal"),
        ({"reward_name": " "}, "reward_name"),
        ({"stage_at_1": "10", "stage_name_1": "쿠키"}, "stage_at_1"),
        ({"stage_at_1": "", "stage_name_1": "쿠키"}, "stage_at_1"),
        ({"stage_at_2": "3", "stage_name_2": ""}, "stage_name_2"),
        ({"stage_at_1": "3", "stage_name_1": "가", "stage_at_2": "3", "stage_name_2": "나"}, "stage_at_2"),
        ({"point_percent": "1.25"}, "point_percent"),
        ({"point_percent": "51"}, "point_percent"),
        ({"point_percent": "삼"}, "point_percent"),
        ({"point_visit": "많이"}, "point_visit"),
        ({"point_least": "-1"}, "point_least"),
        ({"expiry": "months", "expiry_months": ""}, "expiry_months"),
        ({"expiry": "activity", "expiry_months": "61"}, "expiry_months"),
        ({"expiry": "date", "expires_on": "내년"}, "expires_on"),
    ],
)
def test_what_cant_be_promised(typed: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        promises.clean_rule(promises.typed_of(a_rule()) | typed)
    assert list(refusal.value.fields) == [field]


_stages = st.dictionaries(st.integers(1, 9), st.sampled_from(["사이즈업", "쿠키"]), max_size=3)


@given(
    stages=_stages, permille=st.integers(0, 500), visit=st.integers(0, 1_000_000), least=st.integers(0, 9000)
)
def test_what_the_form_shows_is_what_it_saves(
    stages: dict[int, str], permille: int, visit: int, least: int
) -> None:
    kept = tuple(Stage(at, name) for at, name in sorted(stages.items()))
    rule = a_rule(stages=kept, point_permille=permille, point_visit=visit, point_least=least)
    assert promises.clean_rule(promises.typed_of(rule)) == rule


@pytest.mark.parametrize(
    ("typed", "points"),
    [("1,000점", 1000), (" 50 ", 50), ("", None), ("-3", None), ("천", None), ("1.5", None)],
)
def test_points_as_people_type_them(typed: str, points: int | None) -> None:
    assert promises.read_points(typed) == points
