"""Sending by hand: when the day's five are shown, which come first, and why this person, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from app.kit.korean import native_count
from app.kit.refusals import Invalid
from app.messages.rules import DAY_CLOSES, DAY_OPENS

_KOREA = timezone(timedelta(hours=9))  # no summer time; rules read no time zone files
BEST_OF_DAY = 5
HAND_MINUTE, HAND_MOST = 15 * 60, 100  # until a shop chose others
MOST_A_DAY = 500
# What the three carriers ask for one long text or one with a picture outside a plan (won, with VAT, rounded).
LMS_WON, MMS_WON = 33, 110
# Somebody stands there and waits, or the owner has just written it: shown at any hour, whatever the day has had.
AT_ONCE = ("work_done", "personal_answer", "personal")
# What is about this very day, or this person alone, before what could wait or go to anybody.
_DAY_FIRST = ("birthday", "anniversary", "coupon_earned")
_MISSED = ("come_back", "dormant")
_FORTNIGHT, _MONTH, _YEAR = 14, 28, 365


@dataclass(frozen=True)
class HandDay:
    """How the day by hand stands. `opens` in minutes after midnight in Korea; `most` is the carrier's."""

    opens: int = HAND_MINUTE
    most: int = HAND_MOST
    sent: int = 0
    is_ended: bool = False  # 오늘은 그만
    is_open: bool = True  # the quiet hour has come

    @property
    def has_had_its_five(self) -> bool:
        """Tell whether today's five have gone."""
        return self.sent >= BEST_OF_DAY

    @property
    def is_full(self) -> bool:
        """Tell whether the carrier would let no more out today."""
        return self.sent >= self.most

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing should be asked of the owner now: too early, ended, or done for today."""
        return self.is_ended or not self.is_open or self.has_had_its_five or self.is_full

    @property
    def left(self) -> int:
        """Return how many of today's five are left."""
        return max(0, min(BEST_OF_DAY, self.most) - self.sent)


def day_of(*, opens: int, most: int, ended_on: date | None, sent: int, today: date, now: datetime) -> HandDay:
    """Return how the day stands at a moment. `today`: the Korean day of `now`."""
    local = now.astimezone(_KOREA)
    return HandDay(
        opens=opens,
        most=most,
        sent=sent,
        is_ended=ended_on == today,
        is_open=local.hour * 60 + local.minute >= opens,
    )


def rank(kind: str, *, waits: bool, is_duty: bool = False) -> int:
    """Return how near the front a kind stands, 0 first.

    `waits`: somebody has asked for it this minute; `is_duty`: the law wants it told by a day.
    """
    if waits or is_duty:
        return 0 if waits else 1
    if kind in AT_ONCE:
        return 2 + AT_ONCE.index(kind)
    return 5 if kind.startswith(_DAY_FIRST) else 6 if kind in _MISSED else 7


def why(kind: str, *, gap_days: int | None, visit_count: int, waits: bool = False) -> str:
    """Say why this person, today: "생일이에요", "못 뵌 지 한 달 됐어요". "" when there is nothing more to say."""
    if waits:
        return "지금 번호를 기다리고 있어요"
    said = {
        "work_done": "끝나면 사진을 받기로 하셨어요",
        "personal_answer": "남기신 말씀에 드리는 답이에요",
        "personal": "사장님이 직접 쓰신 말이에요",
        "birthday": "생일이에요",
        "anniversary": "기념일이에요",
    }.get(kind, "")
    if said:
        return said
    if kind == "thank_you" and visit_count <= 1:
        return "처음 오셨어요"
    if gap_days is None:
        return ""
    if gap_days >= _FORTNIGHT:
        return _gap_words(gap_days)
    when = {0: "오늘", 1: "어제", 2: "그저께"}.get(gap_days, "")
    often = f"{native_count(visit_count)} 번째로 오셨어요" if visit_count > 1 else "다녀가셨어요"
    return f"{when} {often}" if when else ""


def _gap_words(days: int) -> str:
    if days >= _YEAR:
        return "못 뵌 지 한 해가 넘었어요"
    if days >= _MONTH:
        return f"못 뵌 지 {native_count(max(1, round(days / 30)))} 달 됐어요"
    return f"못 뵌 지 {native_count(days // 7)} 주 됐어요"


def cost_words(*, has_photo: bool) -> str:
    """Say what one costs the owner's own phone, which nobody but the carrier knows."""
    won = MMS_WON if has_photo else LMS_WON
    what = "사진 문자" if has_photo else "긴 문자"
    return f"{what} 한 통이에요. 문자 요금제에 따라 한 통에 약 {won}원이 들거나, 따로 들지 않아요."


def clean_hand(*, time: str, most: str) -> tuple[int, int]:
    """Return the quiet hour in minutes after midnight and the carrier's most. Raises Invalid, a sentence a field."""
    wrong, minute, count = {}, 0, 0
    hours, _, minutes = time.strip().partition(":")
    if hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60:
        minute = int(hours) * 60 + int(minutes)
    if not DAY_OPENS <= minute < DAY_CLOSES:
        wrong["time"] = "아침 8시부터 저녁 8시 50분 사이로 골라 주세요."
    if most.strip().isdecimal() and most.strip().isascii() and len(most.strip()) < 5:
        count = int(most)
    if not 1 <= count <= MOST_A_DAY:
        wrong["most"] = f"1부터 {MOST_A_DAY}까지의 숫자로 적어 주세요."
    if wrong:
        raise Invalid(wrong)
    return minute, count
