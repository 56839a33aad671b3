"""도장 안내: right after the stamp, on the card. The lawful thank-you for people without ad consent.

Confirming a transaction with the recipient is no advertisement (KISA guide, exceptions 1 and 5).
Facts: `balance`, `goal` (stamps on the card, stamps to the reward), optional `added` (1).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"도장": str(facts.get("added", 1)), "지금": str(facts["balance"]), "목표": str(facts["goal"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


KIND = Kind(
    key="stamp_receipt",
    label="도장 안내",
    is_ad=False,
    text="{이름} 님, 방문해 주셔서 감사합니다. 도장 {도장}개 찍었어요({지금}/{목표}).",
    placeholders={"이름": "김단골", "가게": "우리 가게", "도장": "1", "지금": "7", "목표": "10"},
    channels=("card",),
    words=_words,
    life=timedelta(days=1),
    group="visit",
    sentence="도장을 찍으면 바로 카드에 알려 드려요",
    any_hour=True,
    still_wanted=_still_wanted,
)
