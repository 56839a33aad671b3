"""What came of messages, as an owner reads it: people where they are few, and never a verdict before it is known. Pure."""

from __future__ import annotations

from app.kit.korean import native_count
from app.kit.particles import josa
from app.messages.lift import Room

# Up to so many people are counted as people ("세 분"), more as a number.
_AS_PEOPLE = 9
UNKNOWN = "아직 알 수 없어요"
# Whom it was sent to, where a kind has a word for them: "뜸하던 세 분 중 두 분이 다시 오셨어요".
_WHO = {"come_back": "뜸하던", "dormant": "오래 못 뵌"}
_DID = {"come_back": "안부를 보냈어요", "dormant": "안부를 보냈어요"}


def came_words(*, kind: str, label: str, asked: int, back: int, are_latest: bool = False) -> str:
    """Return "뜸하던 세 분 중 두 분이 다시 오셨어요", or with numbers for more than nine people.

    `label`: what the owner calls the kind; `are_latest`: more were sent it, and these are the ones of last.
    """
    if asked <= _AS_PEOPLE:
        everybody, some = f"{native_count(asked)} 분", f"{native_count(back)} 분"
    else:
        everybody, some = f"손님 {asked:,}명", f"{back:,}명"
    what = "안부를 전한" if kind in _WHO else f"{josa(label, '을/를')} 보낸"
    who = f"최근 {what}" if are_latest else _WHO.get(kind, what)
    if back == 0 and are_latest:
        return f"{who} {everybody} 중 아직 다시 오신 분은 없어요"
    if back == 0:
        did = (
            f"{who} {everybody}께 {_DID[kind]}."
            if kind in _WHO
            else f"{everybody}께 {what.removesuffix('보낸')}보냈어요."
        )
        return f"{did} 아직 다시 오신 분은 없어요"
    if back == asked:
        return f"{who} {everybody}이 {'모두 ' if asked > 1 else ''}다시 오셨어요"
    return f"{who} {everybody} 중 {some}이 다시 오셨어요"


def more_words(room: Room | None) -> str:
    """Return "100명께 보내면 대략 3~9명이 더 오세요", or that it can't be known yet."""
    if room is None:
        return UNKNOWN
    if room.is_more:
        return f"100명께 보내면 {_people(room.low, room.high)}이 더 오세요"
    if room.is_less:
        return f"보내지 않은 분들이 오히려 더 오셨어요. 100명에 {_people(-room.high, -room.low)}이요"
    return "보내나 안 보내나 거의 같아요" if _is_narrow(room) else UNKNOWN


def spent_words(room: Room | None) -> str:
    """Return "100명께 보내면 대략 3만~9만 원을 더 쓰세요", or "" where that is not known."""
    if room is None or not room.is_more:
        return ""
    low, high = (_round_won(amount) for amount in (room.low, room.high))
    said = f"대략 {low}~{high} 원" if low != high else f"대략 {low} 원"
    return f"100명께 보내면 {said}을 더 쓰세요"


def which_words(room: Room | None) -> str:
    """Return which of two texts brought more: `room` is what the first brought more than the second."""
    if room is None:
        return UNKNOWN
    if room.is_more:
        return f"첫째 글이 나아요. 100명께 보내면 {_people(room.low, room.high)}이 더 오세요"
    if room.is_less:
        return f"둘째 글이 나아요. 100명께 보내면 {_people(-room.high, -room.low)}이 더 오세요"
    return "두 글이 거의 같아요" if _is_narrow(room) else UNKNOWN


def _is_narrow(room: Room) -> bool:
    """Tell whether, whatever the truth is, it is next to nothing: two people in a hundred."""
    return room.low > -2 and room.high < 2


def _people(low: float, high: float) -> str:
    """Return "대략 3~9명" of a difference that is more than nothing. After digits "분" would be read as minutes."""
    few, many = round(low), max(1, round(high))
    if few < 1:
        return f"많게는 {many:,}명"
    return f"대략 {few:,}명" if few == many else f"대략 {few:,}~{many:,}명"


def _round_won(amount: float) -> str:
    """Return an amount as one says it: "3만", "3만 5천", "8천"."""
    thousands = max(1, round(amount / 1000))
    if thousands >= 100:
        thousands = round(thousands / 10) * 10
    tens, rest = divmod(thousands, 10)
    return " ".join(part for part in (f"{tens:,}만" if tens else "", f"{rest}천" if rest else "") if part)
