"""A month's sentences. Pure; spoken as one would say them to the owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from app.kit.korean import native_count, won
from app.kit.particles import josa

if TYPE_CHECKING:
    from app.insights.month_facts import DaySums

# As in weeks.py: with fewer visits a month is not compared, and a smaller change is none that one feels.
_COMPARED, _FELT = 10, 0.08
# Up to so many one says in a word: "세 분", "열 번".
_SPOKEN = 10


def name(month: date) -> str:
    """Return "11월"."""
    return f"{month.month}월"


def people(many: int) -> str:
    """Return "한 분", "열 분", "32분"."""
    return f"{native_count(many)} 분" if 0 < many <= _SPOKEN else f"{many:,}분"


def times(many: int) -> str:
    """Return "한 번", "열 번", "104번"."""
    return f"{native_count(many)} 번" if 0 < many <= _SPOKEN else f"{many:,}번"


def too_few(month: str, *, is_present: bool, later: str, name: str) -> str:
    """Return that a month has too few people to tell something of; of the present one, that it comes (`later`)."""
    return later if is_present else f"{month}에는 오신 손님이 적어서 {josa(name, '은/는')} 셈하지 않았어요."


def month(days: Sequence[DaySums], *, month: date, today: date) -> str:
    """Return a month's visits, compared with the month before: a present one with the same days of it."""
    is_present = month == today.replace(day=1)
    visits = sum(each.visits for each in days if each.day >= month)
    if not visits:
        return f"{name(month)}에는 {'아직 ' if is_present else ''}오신 손님이 없어요."
    told = f"{name(month)}에는 손님이 {times(visits)} 오셨어요."
    start = (month - timedelta(days=1)).replace(day=1)
    end = min(start + (today - month), month - timedelta(days=1)) if is_present else month - timedelta(days=1)
    before = sum(each.visits for each in days if start <= each.day <= end)
    if before < _COMPARED:
        return told
    then = "지난달 이맘때" if is_present else name(start)
    change = visits - before
    if abs(change) <= before * _FELT:
        return f"{told} {josa(then, '과/와')} 비슷해요."
    return f"{told} {then}보다 {times(abs(change))} {'많아요' if change > 0 else '적어요'}."


def sales(sold: int, *, priced: int, visits: int) -> str:
    """Return what was sold, and of how many visits that is known; "" where nobody puts amounts on them."""
    if not priced:
        return ""
    told = f"판 금액은 {won(sold)}이에요."
    if priced >= visits:
        return told
    return f"{told} 금액을 적은 {f'{times(priced)}의 합' if priced > 1 else '방문은 한 번'}이에요."


def tenths(part: int, whole: int) -> str:
    """Return a share of people as it is said, with its particle: "열에 네 분은", "거의 모두", "몇 분만"."""
    share = round(10 * part / whole) if whole else 0
    if share >= 10:
        return "거의 모두"
    return f"열에 {native_count(share)} 분은" if share > 0 else "몇 분만"


def again(*, people: int, before: int, month: str) -> str:
    """Return how many of a month's people had been here before it."""
    if before in (0, people):
        which = "전에도 오셨던" if before else "처음 오신"
        return f"{month}에 오신 {people:,}분은 모두 {which} 분이에요."
    return f"{month}에 오신 {people:,}분 가운데 {tenths(before, people)} 전에도 오셨던 분이에요."


def often(*, new: int, often: int, goes_on: bool = False) -> str:
    """Return how many of those who came first came again within the month; `goes_on`: it is not over."""
    if not new:
        return ""
    who, then = f"처음 오신 {people(new)}", "이달에" if goes_on else "그달에"
    if not often:
        return f"{who}은 {'아직' if goes_on else then} 다시 오시지 않았어요."
    if often == new:
        return f"{who}{' 모두' if new > 1 else '은'} {then} 또 오셨어요."
    return f"{who} 가운데 {people(often)}은 {then} 또 오셨어요."


def cohort(*, first: str, then: str, there: int, came: int, goes_on: bool) -> str:
    """Return how many of those who came first in one month came in a later one."""
    who = f"{first}에 처음 오신 {people(there)}"
    if not came:
        return f"{who}은 {then}에는 {'아직 ' if goes_on else ''}오시지 않았어요."
    if came >= there:
        return f"{who}{'이 모두' if there > 1 else '이'} {then}에도 오셨어요."
    return f"{who} 가운데 {people(came)}이 {then}에도 오셨어요."


def fifth(*, many: int, share: int, by_won: bool) -> str:
    """Return what the fifth that came most brought."""
    if by_won:
        return f"많이 쓰신 {people(many)}이 판 금액의 {share}%를 채워 주셨어요."
    return f"자주 오신 {people(many)}이 방문의 {share}%를 채워 주셨어요."


def found(*, how: str, many: int, total: int) -> str:
    """Return by which way most people found the shop."""
    if many == total:
        return f"알려 주신 {people(total)}은 {'모두 ' if total > 1 else ''}{how} 오셨어요."
    return f"알려 주신 {people(total)} 가운데 {people(many)}은 {how} 오셨어요."


def together(one: str, other: str, *, share: float) -> str:
    """Return how often the other thing is bought with the one: "라떼를 사실 때 열 번에 네 번은 쿠키도 사셨어요."."""
    times = round(10 * share)
    told = "거의 늘" if times >= 10 else f"열 번에 {native_count(max(times, 1))} 번은"
    return f"{josa(one, '을/를')} 사실 때 {told} {other}도 사셨어요."


def coupons(*, issued: int, used: int, rewards: int) -> str:
    """Return what was given and used."""
    if not (issued or used or rewards):
        return "이달에는 드리거나 쓰신 쿠폰과 혜택이 없어요."
    if not (issued or used):
        return f"모은 도장으로 혜택을 {rewards:,}개 쓰셨어요."
    more = f" 모은 도장으로 쓰신 혜택은 {rewards:,}개예요." if rewards else ""
    if not issued:
        return f"전에 드린 쿠폰을 {used:,}장 쓰셨어요.{more}"
    if not used:
        return f"쿠폰을 {issued:,}장 드렸고, 쓰신 쿠폰은 없어요.{more}"
    return f"쿠폰을 {issued:,}장 드렸고 {used:,}장을 쓰셨어요.{more}"
