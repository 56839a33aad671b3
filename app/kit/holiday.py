"""Public holidays of Korea as people call them: 관공서의 공휴일에 관한 규정, by the `holidays` package.

A holiday the government names for one year only (임시공휴일) is known once the package knows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_FEASTS = {"설날": "설 연휴", "추석": "추석 연휴"}
_CALLED = {"신정연휴": "새해 첫날", "기독탄신일": "성탄절"}


@dataclass(frozen=True)
class Holiday:
    """One day, or the days of a feast together."""

    name: str
    first: date
    last: date


@lru_cache(maxsize=8)
def holidays_of(year: int) -> tuple[Holiday, ...]:
    """Return the holidays of a year in their order; the days of 설날 and of 추석 are one, with their 대체 휴일."""
    from holidays.countries.south_korea import KR  # 80 ms to read: only for whoever asks

    found: list[Holiday] = []
    for day, said in sorted(KR(years=year, language="ko").items()):
        feast = next((name for sign, name in _FEASTS.items() if said.startswith(sign)), "")
        before = found[-1] if found else None
        if feast and before and before.name == feast and before.last + timedelta(days=1) == day:
            found[-1] = Holiday(feast, before.first, day)
            continue
        plain = said.split("; ")[0]
        found.append(Holiday(feast or _called(plain), day, day))
    return tuple(found)


def _called(said: str) -> str:
    for official, name in _CALLED.items():
        said = said.replace(official, name)
    return said


def holidays_between(since: date, until: date) -> list[Holiday]:
    """Return the holidays that lie on or between two days, also in part."""
    years = range(since.year - 1, until.year + 1)
    every = [each for year in years for each in holidays_of(year)]
    return [each for each in every if each.last >= since and each.first <= until]
