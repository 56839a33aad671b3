"""Which days a shop is closed, and how far what would end meanwhile can still be used. Pure.

Days are Korean calendar days. An end is the last good day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.kit.particles import josa
from app.kit.refusals import Invalid

_DAY = timedelta(days=1)
# A closure longer than this takes a customer's last chances away, when it lies so near the end.
LONG_DAYS = 7
LAST_DAYS = 30
# How many days around an end its closed days have to be known.
LOOK_BACK = LAST_DAYS + LONG_DAYS + 1
LOOK_AHEAD = 400
RANGE_MAX = 92  # days of one closure
NOTE_MAX = 20
AHEAD_MAX = 400  # so far ahead a closure may be entered
BACK_MAX = 31  # and so far back, for who forgot


@dataclass(frozen=True)
class Weekly:
    """A weekday on which the shop is closed (0 = Monday), from a day on and up to the last such day, if any."""

    weekday: int
    since: date
    until: date | None


@dataclass(frozen=True)
class Special:
    """Days that differ from the week: closed, or open although the week says closed. Entered later wins."""

    first: date
    last: date
    is_open: bool


def closed(
    weekly: Iterable[Weekly], special: Iterable[Special], *, since: date, until: date
) -> frozenset[date]:
    """Return the closed days from `since` to `until`. `special` in the order it was entered."""
    off = list(weekly)
    days = {
        day
        for day in days_between(since, until)
        if any(
            day.weekday() == each.weekday and each.since <= day and (each.until is None or day <= each.until)
            for each in off
        )
    }
    for each in special:
        these = set(days_between(max(each.first, since), min(each.last, until)))
        days = days - these if each.is_open else days | these
    return frozenset(days)


def days_between(first: date, last: date) -> list[date]:
    """Return the days from `first` to `last`, both included."""
    return [first + _DAY * number for number in range((last - first).days + 1)]


def shifted(day: date, closed: Collection[date]) -> date:
    """Return the first open day from a day on. `closed` reaches LOOK_AHEAD days ahead."""
    for number in range(LOOK_AHEAD):
        if day + _DAY * number not in closed:
            return day + _DAY * number
    return day


def good_until(end: date, closed: Collection[date]) -> date:
    """Return until when something that ends on `end` can be used.

    An end on a closed day moves to the first open day. A closure of more than LONG_DAYS days gives back each of
    its days among the last LAST_DAYS: somebody who kept the last stamps for that month stood before a locked door.
    A day off in the week or a 명절 of a few days takes nobody's last chance, and gives back nothing.
    `closed` reaches from LOOK_BACK days before the end to LOOK_AHEAD days after it.
    """
    long = _long_runs(closed)
    lost = sum((end - _DAY * number) in long for number in range(LAST_DAYS))
    day = end
    for _number in range(LOOK_AHEAD):
        if not lost:
            break
        day += _DAY
        lost -= day not in long
    return shifted(day, closed)


def moved(end: date, closed: Collection[date], *, last: date, today: date) -> date:
    """Return until when something that ends on `end` by its rule is good now, where `last` is what was said so far.

    Nothing ends at once because the shop opens after all: today is good for everybody.
    """
    until = good_until(end, closed)
    return min(last, max(until, today)) if until < last and last >= today else until


def _long_runs(closed: Collection[date]) -> set[date]:
    long: set[date] = set()
    run: list[date] = []
    for day in sorted(closed):
        if run and day - run[-1] != _DAY:
            run = []
        run.append(day)
        if len(run) > LONG_DAYS:
            long.update(run)
    return long


def clean_weekly(weekdays: Sequence[str]) -> frozenset[int]:
    """Check the days off of the week ("0" = Monday). Raises Invalid."""
    if not set(weekdays) <= set("0123456"):
        raise Invalid({"weekdays": "쉬는 요일을 다시 골라 주세요."})
    if len(set(weekdays)) == 7:
        raise Invalid({"weekdays": "일주일 내내 쉴 수는 없어요. 오래 쉬시면 아래에 날짜로 적어 주세요."})
    return frozenset(int(day) for day in weekdays)


def clean_range(*, first: str, last: str, note: str, today: date) -> tuple[date, date, str]:
    """Check days that are entered as closed ("2026-08-01"; no last day = one day): (first, last, note).

    Raises Invalid.
    """
    wrong: dict[str, str] = {}
    begins, ends = _read(first), _read(last) if last.strip() else _read(first)
    note = " ".join(note.split())
    if begins is None:
        wrong["first"] = "쉬기 시작하는 날을 골라 주세요."
    elif begins < today - _DAY * BACK_MAX:
        wrong["first"] = "지난 한 달 안의 날부터 적을 수 있어요."
    elif begins > today + _DAY * AHEAD_MAX:
        wrong["first"] = "앞으로 1년 안의 날을 적어 주세요."
    if ends is None:
        wrong["last"] = "마지막으로 쉬는 날을 다시 골라 주세요."
    elif begins is not None and ends < begins:
        wrong["last"] = "마지막 날이 시작하는 날보다 빨라요. 다시 골라 주세요."
    elif begins is not None and (ends - begins).days >= RANGE_MAX:
        wrong["last"] = f"한 번에 {RANGE_MAX}일까지 적을 수 있어요. 더 오래 쉬시면 나누어 적어 주세요."
    if len(note) > NOTE_MAX:
        wrong["note"] = f"까닭은 {NOTE_MAX}자까지 쓸 수 있어요."
    if wrong or begins is None or ends is None:
        raise Invalid(wrong)
    return begins, ends, note


def _read(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def range_words(first: date, last: date, today: date) -> str:
    """Return "2월 16일(월)", "2월 16일–18일" or "12월 30일–1월 2일", with the year when it is not today's."""
    year = f"{first.year}년 " if first.year != today.year else ""
    if first == last:
        return f"{year}{first.month}월 {first.day}일({'월화수목금토일'[first.weekday()]})"
    if (first.year, first.month) == (last.year, last.month):
        return f"{year}{first.month}월 {first.day}일–{last.day}일"
    return f"{year}{first.month}월 {first.day}일–{last.month}월 {last.day}일"


def is_time_to_ask(first: date, last: date, today: date) -> bool:
    """Say whether the owner is asked about a holiday now: a 명절 a week ahead, a single day two days ahead."""
    ahead = 2 if first == last else 7
    return today <= first <= today + _DAY * ahead


def holiday_question(name: str, first: date, last: date, today: date) -> str:
    """Return "내일은 성탄절이에요. 쉬시나요?" or "2월 16일–18일은 설 연휴예요. 쉬시나요?"."""
    away = (first - today).days
    if first == last and away in (0, 1, 2):
        when = ("오늘은", "내일은", "모레는")[away]
    else:
        when = josa(range_words(first, last, today), "은/는").replace(")는", ")은")
    return f"{when} {josa(name, '이에요/예요')}. 쉬시나요?"


def moved_words(first: date, last: date, closed: Collection[date], today: date) -> str:
    """Return what closed days do to what ends on them: "이 기간에 끝나는 도장은 2월 19일(목)까지 쓸 수 있어요"."""
    until = good_until(last, closed)
    span = "이날" if first == last else "이 기간에"
    return f"{span} 끝나는 도장은 {range_words(until, until, today)}까지 쓸 수 있어요"
