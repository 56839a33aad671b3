"""단체 문자: when it may go, who counts as picked out, what an owner may type. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta, timezone

from app.messages.contract import CARD
from app.messages.rules import next_daytime

# Ten minutes to stop what a slip, or somebody with the owner's phone, has begun (S22).
WAITS = timedelta(minutes=10)
# So many of a shop on one Korean day: a hurried second is a slip, a fourth is somebody else.
DAY_MOST = 3
FURTHEST = timedelta(days=60)
# A text that nobody sent on is let go after so long.
DRAFTS = timedelta(days=30)

OPEN, ENDED = ("waiting", "going", "paused"), ("done", "cancelled")
# Once its time has come some of it is out, also where it stands still now.
BEGUN = ("going", "paused", "done")
# What a row waits for, where it is one thing for all of them; the others say it themselves (a budget, a pause).
_WAITS_FOR = {"night": "아침이 되면 보내요", "cap": "요즘 광고를 받은 분이라 조금 쉬었다가 보내요"}
_KOREA = timezone(timedelta(hours=9))
# What may be chosen: the hours in which an ad may be handed over, by the half.
TIMES = tuple(f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(8 * 60, 20 * 60 + 31, 30))


def starts_at(*, is_soon: bool, chosen: datetime, now: datetime) -> datetime:
    """Return when a campaign confirmed at this moment begins: never before its ten minutes, never at night."""
    earliest = now + WAITS
    return next_daytime(earliest if is_soon else max(chosen, earliest))


def is_moved(*, is_soon: bool, chosen: datetime, now: datetime) -> bool:
    """Tell whether the night moves it to another time than the one that was chosen."""
    earliest = now + WAITS
    wanted = earliest if is_soon else max(chosen, earliest)
    return next_daytime(wanted) != wanted


def read_moment(day: str, time: str) -> datetime | None:
    """Return the moment that was typed as Korea's day ("2026-11-28") and hour ("10:30"), or None."""
    try:
        local = datetime.fromisoformat(f"{day.strip()}T{time.strip()}")
    except ValueError:
        return None
    return local.replace(tzinfo=_KOREA).astimezone(UTC)


def moment_fault(chosen: datetime | None, now: datetime) -> str | None:
    """Return what is wrong with a chosen moment, as a sentence, or None."""
    if chosen is None:
        return "날짜와 시각을 골라 주세요."
    if chosen <= now:
        return "이미 지난 때예요. 다시 골라 주세요."
    if chosen > now + FURTHEST:
        return "두 달 안의 날을 골라 주세요."
    return None


def day_and_time_of(moment: datetime) -> tuple[str, str]:
    """Return a moment as the form has it: Korea's day and hour."""
    local = moment.astimezone(_KOREA)
    return local.date().isoformat(), f"{local.hour:02d}:{local.minute:02d}"


def is_personal(group: str, *, has_coupon: bool) -> bool:
    """Tell whether its people were picked out by what is known of them, or get an offer of their own.

    Then even the letter on the card needs their consent to marketing (개인정보 보호법 22조).
    """
    return group != "all" or has_coupon


def typed_number(typed: str) -> int | None:
    """Return the number of people as somebody types it ("1,204명" too), or None."""
    digits = "".join(char for char in typed if char not in ", 명")
    return int(digits) if digits.isdecimal() and len(digits) < 8 else None


def kept_ways(chosen: Collection[str], *, offered: Collection[str], paid: Collection[str]) -> str:
    """Return the chosen channels as a campaign or an automation keeps them, a space between.

    "" = those that cost nothing, as long as nobody chose otherwise: a channel that comes later is then among
    them. None of them chosen: it lies on the card alone.
    """
    ways = [key for key in offered if key in chosen]
    if ways == [key for key in offered if key not in paid]:
        return ""
    return " ".join(ways) or CARD


def waits_for(rows: Iterable[tuple[str, str, int]]) -> list[tuple[str, int]]:
    """Return what letters wait for and how many, most first; `rows`: the code, its own reason, how many.

    Told apart, since an owner can do something about a budget or an account and nothing about the night.
    """
    found: dict[str, int] = {}
    for code, reason, many in rows:
        words = _WAITS_FOR.get(code) or reason.removesuffix(".") or "곧 다시 보내요"
        found[words] = found.get(words, 0) + many
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))
