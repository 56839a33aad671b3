"""Lunar days by KARI's table: feasts we know, months that are missing, years that end elsewhere."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.kit.holiday import holidays_between, holidays_of
from app.kit.lunar import Yearly, exists, kept_in, kept_on, next_kept


def _lunar(month: int, day: int, *, leap: bool = False) -> Yearly:
    return Yearly(month, day, True, leap)


KEPT = [
    # day, what is kept on it, what is not
    (date(2026, 2, 17), [_lunar(1, 1)], [Yearly(1, 1)]),  # 설날
    (date(2026, 9, 25), [_lunar(8, 15), Yearly(9, 25)], [_lunar(8, 14)]),  # 추석
    (date(2026, 4, 21), [_lunar(3, 5)], [_lunar(3, 4)]),
    # 29 February: on the 28th of a plain year, on itself in a leap year.
    (date(2027, 2, 28), [Yearly(2, 28), Yearly(2, 29)], []),
    (date(2028, 2, 28), [Yearly(2, 28)], [Yearly(2, 29)]),
    (date(2028, 2, 29), [Yearly(2, 29)], [Yearly(2, 28)]),
    # The lunar year 2025 ends with 12-29: who was born on the 30th is remembered that day.
    (date(2026, 2, 16), [_lunar(12, 29), _lunar(12, 30)], [_lunar(1, 1)]),
    # That of 2026 has the 30th.
    (date(2027, 2, 6), [_lunar(12, 30)], [_lunar(12, 29)]),
    (date(2027, 2, 5), [_lunar(12, 29)], [_lunar(12, 30)]),
    # 2025 has the sixth month twice: each on its own day, nobody twice.
    (date(2025, 6, 25), [_lunar(6, 1)], [_lunar(6, 1, leap=True)]),
    (date(2025, 7, 25), [_lunar(6, 1, leap=True)], [_lunar(6, 1)]),
    # 2026 has it once: the 윤달 is kept in the plain month.
    (date(2026, 7, 14), [_lunar(6, 1), _lunar(6, 1, leap=True)], []),
    # Beyond the table only solar days are known.
    (date(2051, 3, 1), [Yearly(3, 1)], [_lunar(1, 1)]),
]


@pytest.mark.parametrize(("day", "kept", "not_kept"), KEPT)
def test_what_is_kept_on_a_day(day: date, kept: list[Yearly], not_kept: list[Yearly]) -> None:
    found = kept_on(day)
    assert set(kept) <= found
    assert not set(not_kept) & found


def test_every_yearly_day_is_kept_once_in_each_of_its_years() -> None:
    """Both ways of reading the table agree, and nobody is left out or remembered twice, over thirteen years."""
    every = [
        Yearly(month, day, lunar, leap)
        for lunar, leap in ((False, False), (True, False), (True, True))
        for month in range(1, 13)
        for day in range(1, 32)
        if exists(Yearly(month, day, lunar, leap))
    ]
    first, last = date(2024, 1, 1), date(2036, 12, 31)
    on: dict[Yearly, list[date]] = {day: [] for day in every}
    for number in range((last - first).days + 1):
        for day in kept_on(first + timedelta(days=number)):
            on[day].append(first + timedelta(days=number))
    for day, found in on.items():
        said = [kept for year in range(2023, 2037) if (kept := kept_in(day, year)) and first <= kept <= last]
        assert found == said, day
        assert len(found) in ((13,) if not day.is_lunar else (12, 13, 14)), day


def test_when_it_is_kept_next() -> None:
    assert next_kept(_lunar(3, 5), date(2026, 4, 21)) == date(2026, 4, 21)
    assert next_kept(_lunar(3, 5), date(2026, 4, 22)) == date(2027, 4, 11)
    assert next_kept(_lunar(12, 30), date(2027, 1, 2)) == date(2027, 2, 6)  # of the lunar year before
    assert next_kept(Yearly(2, 29), date(2026, 3, 1)) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        (Yearly(2, 29), True), (Yearly(2, 30), False), (Yearly(4, 31), False), (Yearly(13, 1), False),
        (Yearly(0, 1), False), (_lunar(12, 30), True), (_lunar(12, 31), False), (_lunar(6, 1, leap=True), True),
        (Yearly(6, 1, False, True), False),
    ],
)  # fmt: skip
def test_which_days_exist(day: Yearly, is_one: bool) -> None:
    assert exists(day) is is_one


def test_feasts_are_one_and_days_are_called_as_people_call_them() -> None:
    said = {each.name: (each.first, each.last) for each in holidays_of(2026)}
    assert said["설 연휴"] == (date(2026, 2, 16), date(2026, 2, 18))
    assert said["추석 연휴"] == (date(2026, 9, 24), date(2026, 9, 26))
    assert said["성탄절"] == (date(2026, 12, 25), date(2026, 12, 25))
    assert said["삼일절 대체 휴일"][0] == date(2026, 3, 2)
    # A 설날 on a Sunday brings a day more.
    assert {each.name: each.last for each in holidays_of(2027)}["설 연휴"] == date(2027, 2, 9)
    coming = holidays_between(date(2026, 12, 20), date(2027, 1, 5))
    assert [each.name for each in coming] == ["성탄절", "새해 첫날"]
