"""What numbers and visits mean in words: a rhythm, a greeting, a week. Pure.

Every sentence is made only from what is true of this person or week; where nothing is known nothing is said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

_WEEKDAYS = "월화수목금토일"
_MONTHS = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한")
# A rhythm of one's own needs this many visits; before it a gap says nothing.
RHYTHM_VISITS = 4
# It is made of the last visits alone, and closed days further back than this change it no more.
RHYTHM_OF = 8
CLOSED_SINCE = timedelta(days=800)
# Silence of this many times the own rhythm is "long"; the same border the groups use.
LONG_SILENCE = 1.75
LONG_DAYS = 21
SHORTEST_SILENCE = 7  # days: who comes every day is not missed on the third
# So many days after it began nobody asks any more.
SILENCE_ENDS = 60
# Away for so many times the own rhythm, or so many days where there is none: 오랜만이에요.
DORMANT_SILENCE = 3
DORMANT_DAYS = 90
# 단골 begins with the third visit where the shop says nothing else; asked for by insights/places.py alone.
REGULAR_VISITS = 3
# A VIP came so often within the year, wherever 단골 begins.
VIP_VISITS = 3
# A shop's own rhythm is the median of at least so many people's.
RHYTHM_PEOPLE = 10
_DUE_FROM, _DUE_TO = 0.85, 1.4
# Words that end a remark ("오이 싫어함", "창가를 좋아해요") can't stand before 드릴까요.
_REMARK_ENDS = ("다", "요", "죠", "것", "거", "게요", "세요", "기", "듯")
_NOUNS_IN_M = ("크림", "햄", "잼", "밤", "김", "꿈", "봄", "쌈")


@dataclass(frozen=True)
class Guest:
    """What is known of the person at the counter. `visit_number` counts this visit; `gap_days` to the one before."""

    name: str
    visit_number: int
    gap_days: int | None = None
    rhythm_days: int | None = None
    likes: str = ""
    usual: str = ""
    reward_ready: str = ""
    missing: int = 0  # stamps until the next reward
    reward_name: str = ""
    companion: str = ""  # who comes along, as called: 콩이
    birthday_in: int | None = None  # days until it, None where nobody told or it is further away than a week


@dataclass(frozen=True)
class Expected:
    """A regular whose own rhythm says today."""

    customer_id: int
    name: str
    likes: str
    rhythm_days: int
    gap_days: int


def gaps(days: Sequence[date], closed: Collection[date] = ()) -> list[int]:
    """Return the days between visits, newest first; several visits of one day count once, `closed` ones not at all."""
    ordered = sorted(set(days), reverse=True)
    return [days_away(earlier, later, closed) for later, earlier in pairwise(ordered)]


def days_away(last: date, until: date, closed: Collection[date] = ()) -> int:
    """Return the days from a visit to a later one, or to today: those on which nobody could come are not counted."""
    return (until - last).days - sum(last < day < until for day in closed)


def rhythm(days: Sequence[date], closed: Collection[date] = ()) -> int | None:
    """Return the median of a person's own gaps in days, once there are enough visits; without the `closed` ones."""
    between = gaps(days, closed)
    if len(between) < RHYTHM_VISITS - 1:
        return None
    return max(1, round(median(between)))


def shared_rhythm(own_gaps: Sequence[int], shop_days: int | None) -> int | None:
    """Return somebody's rhythm in days: their own median once it stands, before it drawn towards the shop's.

    Each gap of their own counts a third, the shop's median (`shop_days`) the rest; None where there is neither.
    """
    full = RHYTHM_VISITS - 1
    if len(own_gaps) >= full:
        return max(1, round(median(own_gaps)))
    if shop_days is None:
        return None
    twice = round(2 * median(own_gaps)) if own_gaps else 0
    own = len(own_gaps)
    return max(1, (own * twice + (full - own) * 2 * shop_days + full) // (2 * full))


def shop_rhythm(people_by_twice: Mapping[int, int]) -> int | None:
    """Return the median of people's medians, each counted once, or None while they are too few.

    `people_by_twice`: how many people have a median of so many half days, of whoever came twice or more often.
    """
    people = sum(people_by_twice.values())
    if people < RHYTHM_PEOPLE:
        return None
    seen = 0
    for twice in sorted(people_by_twice):
        seen += people_by_twice[twice]
        if 2 * seen >= people:
            return max(1, round(twice / 2))
    return None


def standing_of(*, visits: int, away_days: int, rhythm_days: int | None, is_own: bool) -> str:
    """Return how somebody comes: comes, quiet | dormant after a long silence, "" never came.

    `away_days`: since the last visit, without closed days. Who has no rhythm of their own yet is given more time:
    three weeks until quiet, 90 days until dormant, or longer where the shop's own rhythm is slow.
    """
    if visits <= 0:
        return ""
    if away_days >= dormant_from(rhythm_days, is_own=is_own):
        return "dormant"
    if rhythm_days is not None and away_days >= quiet_from(rhythm_days, is_own=is_own):
        return "quiet"
    return "comes"


def quiet_from(rhythm_days: int, *, is_own: bool) -> float:
    """Return after how many days without a visit somebody is quieter than usual."""
    return long_silence(rhythm_days) if is_own else max(rhythm_days * LONG_SILENCE, LONG_DAYS)


def dormant_from(rhythm_days: int | None, *, is_own: bool) -> int:
    """Return after how many days without a visit somebody is dormant."""
    least = LONG_DAYS if is_own else DORMANT_DAYS
    return max((rhythm_days or 0) * DORMANT_SILENCE, least)


def rhythm_words(days: int) -> str:
    """Return how often somebody comes: "일주일에 한 번쯤 오세요"."""
    if days <= 1:
        return "거의 매일 오세요"
    if days in (6, 7, 8):
        return "일주일에 한 번쯤 오세요"
    if days in (13, 14, 15):
        return "두 주에 한 번쯤 오세요"
    if 27 <= days <= 33:
        return "한 달에 한 번쯤 오세요"
    return f"보통 {days}일에 한 번 오세요"


def gap_words(days: int) -> str:
    """Return how long somebody was away: "12일 만이에요", "두 달 만이에요"."""
    if days <= 0:
        return "오늘 또 오셨어요"
    if days == 1:
        return "어제도 오셨어요"
    if days < 60:
        return f"{days}일 만이에요"
    if days < 360:
        return f"{_MONTHS[min(days // 30, 11)]} 달 만이에요"
    return f"{max(1, round(days / 365))}년 만이에요"


def visit_words(number: int) -> str:
    """Return "첫 방문" or "7번째 방문"."""
    return "첫 방문" if number <= 1 else f"{number}번째 방문"


def greeting(guest: Guest) -> str:
    """Return one or two sentences to say aloud."""
    second = _offer(guest)
    return f"{_hello(guest)} {second}" if second else _hello(guest)


def _hello(guest: Guest) -> str:
    if guest.birthday_in == 0:
        return f"{guest.name} 님, 생일 축하드려요!" if guest.name else "생일 축하드려요!"
    if guest.visit_number <= 1:
        return "처음 오셨네요, 반가워요!"
    if guest.gap_days is None:
        return "어서 오세요, 반가워요!"
    if guest.gap_days == 0:
        return "또 오셨네요, 반가워요!"
    border = LONG_DAYS if guest.rhythm_days is None else long_silence(guest.rhythm_days)
    if guest.gap_days >= border:
        return f"오랜만이에요! {guest.companion}도 잘 있죠?" if guest.companion else "오랜만이에요!"
    if guest.companion:
        return f"{f'{guest.name} 님,' if guest.name else '어서 오세요!'} {guest.companion}도 잘 있죠?"
    return f"{guest.name} 님, 어서 오세요!" if guest.name else "어서 오세요, 또 뵙네요!"


def long_silence(rhythm_days: int) -> float:
    """Return after how many days without a visit somebody of this rhythm has been away for long."""
    return max(rhythm_days * LONG_SILENCE, SHORTEST_SILENCE)


def is_silent(*, gap_days: int, rhythm_days: int) -> bool:
    """Say whether somebody has been away for long by their own rhythm, and not yet so long that it is over."""
    border = long_silence(rhythm_days)
    return border <= gap_days <= border + SILENCE_ENDS


def is_dormant(*, gap_days: int, rhythm_days: int | None, is_own: bool) -> bool:
    """Say whether somebody has been away for very long, and not yet so long that it is over.

    Who comes every day is missed after three weeks, not on the third day.
    """
    border = dormant_from(rhythm_days, is_own=is_own)
    return border <= gap_days <= border + SILENCE_ENDS


def _offer(guest: Guest) -> str:
    if guest.reward_ready:
        return f"{guest.reward_ready}, 오늘 드릴까요?"
    if guest.birthday_in:
        return "곧 생일이시죠? 미리 축하드려요!"
    said = sayable(guest.likes)
    if said:
        return f"오늘도 {said} 드릴까요?" if guest.visit_number > 1 else f"{said} 드릴까요?"
    if guest.usual and guest.visit_number > 1:
        return f"오늘도 {guest.usual} 드릴까요?"
    if guest.missing == 1 and guest.reward_name:
        return f"도장 한 개만 더 모으시면 {guest.reward_name} 드려요."
    return ""


def sayable(likes: str) -> str:
    """Return the part of 좋아하는 것 that fits before 드릴까요, or "" when it is a remark of another kind."""
    first = likes.replace("·", ",").replace("/", ",").split(",")[0].strip()
    if not first or len(first) > 20 or first[-1] in ".!?)" or first.endswith(_REMARK_ENDS):
        return ""
    last = first[-1]
    ends_in_m = "가" <= last <= "힣" and (ord(last) - 0xAC00) % 28 == 16
    if ends_in_m and not first.endswith(_NOUNS_IN_M):
        return ""  # 싫어함, 안 드심: a note to oneself
    return first


def week_words(counts: Sequence[tuple[date, int]], *, before: int) -> str:
    """Return one sentence on seven days of stamps; `before` is the sum of the seven before them."""
    total = sum(count for _day, count in counts)
    if not total:
        return "지난 일주일은 찍은 도장이 없어요."
    busiest = max(counts, key=lambda each: each[1])
    ties = [day for day, count in counts if count == busiest[1]]
    first = (
        f"지난 일주일은 {_WEEKDAYS[busiest[0].weekday()]}요일이 가장 바빴어요."
        if len(ties) == 1
        else f"지난 일주일에 도장 {total:,}개를 찍었어요."
    )
    if not before:
        return first
    # Said of the whole week, or the difference reads as the busiest day's.
    whole = f" 한 주 동안 도장 {total:,}개," if len(ties) == 1 else ""
    change = total - before
    if change == 0:
        return f"{first}{whole} 그 전 주와 똑같아요."
    return f"{first}{whole} 그 전 주보다 {abs(change):,}개 {'많아요' if change > 0 else '적어요'}."


def busiest_index(counts: Sequence[tuple[date, int]]) -> int:
    """Return the place of the one busiest day, or −1 when there is none or a tie."""
    most = max((count for _day, count in counts), default=0)
    places = [place for place, (_day, count) in enumerate(counts) if count == most]
    return places[0] if most and len(places) == 1 else -1


def weekday(day: date) -> str:
    """Return "월" … "일"."""
    return _WEEKDAYS[day.weekday()]


def is_due(*, gap_days: int, rhythm_days: int) -> bool:
    """Say whether somebody's own rhythm points to today: not earlier, and not yet long gone."""
    return gap_days >= 1 and _DUE_FROM <= gap_days / rhythm_days <= _DUE_TO
