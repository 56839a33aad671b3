"""A kept form in words: nobody sends on what they have not seen."""

from __future__ import annotations

from dataclasses import dataclass

from app.customers.day_rules import CALENDARS
from app.messages.queries import delay_words
from app.web.owner.calendar_words import WEEKDAYS
from app.web.resume import Kept
from app.web.typed_forms import TYPED

# What is chosen, not typed: the words of each choice.
_CHOICES = {
    "role": {"owner": "사장님", "manager": "매니저", "staff": "직원"},
    "size": {"normal": "보통", "large": "크게", "xlarge": "아주 크게"},
    "gives": {"item": "물건 하나", "amount": "금액 할인", "percent": "% 할인", "extra": "덤이나 도장"},
    "birth_calendar": dict(CALENDARS),
    "anniversary_calendar": dict(CALENDARS),
    "when": {"soon": "누르고 10분 뒤", "later": "날을 골라서"},
    "weekdays": {str(number): f"{name}요일" for number, name in enumerate(WEEKDAYS)},
}
# Numbers of rows, and ticks: the page they come from says them in words, this one that they are kept.
_AS_CHOSEN = {
    "rule",
    "instead_of",
    "least_tier",
    "tier",
    "coupon_kind",
    "coupon",
    "stacks",
    "early_news",
    "is_pick",
    "days",
    "kind",
    "group",
    "tag",
    "whom",
    "picked",
}
_DAY_KINDS = {"closed": "쉬어요", "open": "열어요"}


@dataclass(frozen=True)
class KeptLine:
    """One field that will be sent on. `chosen`: the words of a choice, None for what can be typed on."""

    name: str
    label: str
    value: str
    chosen: str | None


def title(kept: Kept) -> str:
    """Return what the form saves: "손님 정보"."""
    return TYPED[kept.endpoint][0]


def lines(kept: Kept) -> list[KeptLine]:
    """Return every field somebody typed or chose, under its name."""
    names = TYPED[kept.endpoint][1]
    return [
        KeptLine(name, names[name], value, _chosen(name, value))
        for name, value in kept.fields
        if name in names
    ]


def unseen(kept: Kept) -> list[tuple[str, str]]:
    """Return what goes along without a word: the key that makes two presses one, and that of its photos."""
    names = TYPED[kept.endpoint][1]
    return [(name, value) for name, value in kept.fields if name not in names]


def _chosen(name: str, value: str) -> str | None:
    if name in _AS_CHOSEN:
        return _DAY_KINDS.get(value, "고르신 대로")
    if name in _CHOICES:
        return _CHOICES[name].get(value, value)
    if name == "reward_stamps":
        return "드리지 않아요" if value == "0" else f"{value}개"
    if name in ("is_on", "compares"):
        return "쓰기"
    if name in ("inviter", "friend"):
        kind, _, number = value.partition(":")
        return f"도장 {number}개" if kind == "stamps" else "쿠폰" if kind == "coupon" else "드리지 않아요"
    if name == "delay_minutes":
        minutes = int(value) if value.isascii() and value.isdigit() and len(value) < 9 else None
        return (
            value
            if minutes is None
            else f"방문하고 {delay_words(minutes)} 뒤"
            if minutes
            else "방문하고 바로"
        )
    return None
