"""An event in sentences: who may enter, how it is told of, and what a winner hears. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any


def condition_words(conditions: Mapping[str, Any], group_name: str = "") -> str:
    """Return who may enter in one sentence, for everybody; a group's own name is the shop's (`group_name`: its eyes)."""
    parts = []
    if least := int(conditions.get("visits", 0)):
        parts.append(f"{least}번 이상 오신 분")
    if conditions.get("age14"):
        parts.append("이름과 번호를 남긴 만 14세 이상")
    if conditions.get("group"):
        parts.append(f"{group_name} 그룹" if group_name else "가게에서 초대한 손님")
    return " · ".join(parts) if parts else "카드가 있으면 누구나"


def letter(*, title: str, prize: str, winners: int, last: date, link: str) -> str:
    """Return the words with which a message about it begins; the owner goes on writing there."""
    until = f"{last.month}월 {last.day}일까지 참여하실 수 있어요."
    return f"{title}\n\n{prize}, {winners}명께 드려요. {until}\n{link}"


def result_words(prize: str, *, entries: int, winners: int) -> str:
    """Return the one sentence a winner is told: the fact, nothing that advertises. `winners`: as many as may win."""
    return f"{chosen_words(entries=entries, winners=winners)}. 가게에서 ‘{prize}’ 하나를 드려요."


def chosen_words(*, entries: int, winners: int) -> str:
    """Return that one was drawn, and of how many; where all won it says so: there was no luck in it."""
    if entries <= 1:
        return "뽑히셨어요"
    if winners >= entries:
        return f"참여하신 {entries:,}명 모두 뽑히셨어요"
    return f"참여하신 {entries:,}명 가운데서 뽑히셨어요"
