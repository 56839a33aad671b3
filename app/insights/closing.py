"""마감 맞춰 보기, pure: what is odd about a day at the counter, in one sentence; the shop's own limits.

Nothing here accuses anybody: a rush, a large family, a broken printer explain most of it. It names where to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.kit.particles import josa
from app.kit.refusals import Invalid

# A busy shop with one pair of hands stamps one person a minute; nobody stamps two a minute for an hour.
_STAMPS_AN_HOUR, _OVERRIDES_A_DAY, _CHECKS_A_DAY = 120, 30, 10
# At the limit the owner is told; at so many times the limit somebody else is asked.
HARD = 2
LIMIT_MOST = 999
RECEIPTS_MOST = 9_999
# Two drinks on one receipt bring two stamps now and then: so many more than receipts are nothing to look at.
_SLACK, _SLACK_SHARE = 3, 0.05
# Preparing and tidying up: stamps so long before opening and after closing are no wonder.
_AROUND_HOURS = timedelta(minutes=30)
# Fewer than these are chance, whoever did them; from this share on they are somebody's habit.
_FEW, _MOST_OF_ALL = 6, 0.6
DAYS_BACK = 31


@dataclass(frozen=True)
class Limits:
    """From how many on the owner is told about one of the staff."""

    stamps_an_hour: int = _STAMPS_AN_HOUR
    overrides_a_day: int = _OVERRIDES_A_DAY
    checks_a_day: int = _CHECKS_A_DAY


@dataclass(frozen=True)
class Hand:
    """What one person did at the counter on a day. `hours`: (hour in Korea, stampings)."""

    staff_id: int
    name: str
    role: str
    stamps: int  # times stamped, however many stamps each brought
    again: int  # of them 한 개 더, or with a reason before the pause was over
    overrides: int  # of them with a reason
    checks: int = 0  # times something was spent on a look at the person instead of the live card
    visits: int = 0  # that began with one of these stamps
    hours: Sequence[tuple[int, int]] = ()

    @property
    def busiest(self) -> tuple[int, int]:
        """The hour with the most stampings, and how many those were."""
        return max(self.hours, key=lambda each: (each[1], -each[0]), default=(0, 0))


@dataclass(frozen=True)
class Day:
    """A day at the counter. `outside`: (hour in Korea, who, stampings) while the shop was closed."""

    hands: Sequence[Hand]
    receipts: int | None = None
    companions: int = 0
    outside: Sequence[tuple[int, str, int]] = field(default=())

    @property
    def stamps(self) -> int:
        """Stampings of everybody."""
        return sum(hand.stamps for hand in self.hands)

    @property
    def is_alone(self) -> bool:
        """Whether one person did it all: then there is nobody to compare with."""
        return len(self.hands) <= 1


def odd(day: Day, limits: Limits) -> list[str]:
    """Return what is worth a look, the weightiest first, each in a sentence; [] for a day like any other."""
    found = (
        _more_than_receipts(day),
        *(over(hand, limits) for hand in day.hands if hand.role != "owner"),
        _while_closed(day),
        _again_by_one(day),
        _checks_by_one(day),
    )
    return [sentence for sentence in found if sentence]


def headline(day: Day, limits: Limits) -> str:
    """Return the day in one sentence."""
    if found := odd(day, limits):
        return found[0]
    if not day.stamps:
        return "아직 찍은 도장이 없어요."
    if day.receipts is None:
        return "눈에 띄는 것이 없어요."
    return "영수증과 도장이 잘 맞아요."


def over(hand: Hand, limits: Limits) -> str:
    """Return what one person did more often than the shop's limit, or ""."""
    hour, most = hand.busiest
    if most >= limits.stamps_an_hour:
        return f"{hand.name} 님이 {hour_words(hour)}부터 한 시간에 도장을 {most}번 찍었어요."
    if hand.overrides >= limits.overrides_a_day:
        return f"{hand.name} 님이 이유를 적고 한 번 더 찍은 도장이 {hand.overrides}번이에요."
    if hand.checks >= limits.checks_a_day:
        return f"{hand.name} 님이 카드를 찍지 않고 써 드린 혜택이 {hand.checks}번이에요."
    return ""


def _more_than_receipts(day: Day) -> str:
    if day.receipts is None:
        return ""
    # A family on one receipt may have a card each.
    more = day.stamps - day.receipts - day.companions
    if more <= max(_SLACK, day.receipts * _SLACK_SHARE):
        return ""
    sentence = f"영수증은 {day.receipts}장인데 도장은 {day.stamps}번 찍었어요."
    most = max(day.hands, key=lambda hand: hand.again)
    if day.is_alone or most.again < more / 2:
        return sentence
    return f"{sentence.removesuffix('찍었어요.')}찍었고, 한 번 더 찍은 것은 {most.name} 님이 {most.again}번이에요."


def _while_closed(day: Day) -> str:
    if not day.outside:
        return ""
    times = sum(number for _hour, _name, number in day.outside)
    hour, name, _number = day.outside[0]
    return f"영업시간이 아닌 때에 도장을 {times}번 찍었어요({name} 님, {hour_words(hour)})."


def _again_by_one(day: Day) -> str:
    total = sum(hand.again for hand in day.hands)
    most = max(day.hands, key=lambda hand: hand.again, default=None)
    if most is None or day.is_alone or most.role == "owner" or most.again < _FEW:
        return ""
    # Who stamps most has most of everything: it is odd only beyond their share of all stamps.
    if most.again / total < max(_MOST_OF_ALL, 1.5 * most.stamps / day.stamps):
        return ""
    return (
        f"한 번 더 찍은 도장 {total}번 가운데 {most.again}번을 {josa(most.name + ' 님', '이/가')} 찍었어요."
    )


def _checks_by_one(day: Day) -> str:
    total = sum(hand.checks for hand in day.hands)
    most = max(day.hands, key=lambda hand: hand.checks, default=None)
    if most is None or day.is_alone or most.role == "owner" or most.checks < _FEW:
        return ""
    if most.checks / total < _MOST_OF_ALL:
        return ""
    return f"카드를 찍지 않고 쓴 혜택 {total}번 가운데 {most.checks}번을 {josa(most.name + ' 님', '이/가')} 써 드렸어요."


def hour_words(hour: int) -> str:
    """Return an hour of the day: 14 → "오후 2시"."""
    return f"{'오전' if hour < 12 else '오후'} {(hour + 11) % 12 + 1}시"


def window(*, day_start: datetime, open_minute: int, close_minute: int) -> tuple[datetime, datetime]:
    """Return when a shop's day begins and ends: a shop open past midnight closes its own day, not the calendar's."""
    late = min(max(0, close_minute - 1440 + 60), open_minute) if close_minute > 1440 else 0
    begin = day_start + timedelta(minutes=late)
    return begin, begin + timedelta(days=1)


def opening(*, day_start: datetime, open_minute: int, close_minute: int) -> tuple[datetime, datetime]:
    """Return between which moments a stamp of this day is no wonder."""
    begin = day_start + timedelta(minutes=open_minute) - _AROUND_HOURS
    return begin, day_start + timedelta(minutes=close_minute) + _AROUND_HOURS


def clean_receipts(typed: str) -> int | None:
    """Return how many receipts there were, None when nobody counted. Raises Invalid (field: receipts)."""
    digits = typed.strip().replace(",", "")
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9 or int(digits) > RECEIPTS_MOST:
        raise Invalid({"receipts": f"영수증 수를 0부터 {RECEIPTS_MOST:,} 사이의 숫자로 적어 주세요."})
    return int(digits)


def clean_limits(*, stamps_an_hour: str, overrides_a_day: str, checks_a_day: str) -> Limits:
    """Check the shop's own limits. Raises Invalid with a sentence a field."""
    typed = {
        "stamps_an_hour": stamps_an_hour.strip(),
        "overrides_a_day": overrides_a_day.strip(),
        "checks_a_day": checks_a_day.strip(),
    }
    wrong = {
        name: f"1부터 {LIMIT_MOST} 사이의 숫자로 적어 주세요."
        for name, number in typed.items()
        if not (number.isascii() and number.isdigit() and len(number) <= 4 and 1 <= int(number) <= LIMIT_MOST)
    }
    if wrong:
        raise Invalid(wrong)
    return Limits(**{name: int(number) for name, number in typed.items()})
