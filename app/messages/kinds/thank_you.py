"""감사 인사: two hours after the visit, once a day at most. A greeting counts as an ad (KISA practice).

The first time it adds who we are, and what the next visit brings where the shop promises something for it.
Fresh facts (messages/causes.py), both of a first visit alone: `story` (the shop's own words), `next_gift`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str | None]:
    return {"가게 이야기": facts.get("story") or None, "다음 선물": facts.get("next_gift") or None}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


KIND = Kind(
    key="thank_you",
    label="감사 인사",
    is_ad=True,
    text=(
        "{이름} 님, {가게}에 와 주셔서 고맙습니다. 다음에 또 반갑게 맞을게요.\n"
        "{가게 이야기}\n"
        "다음에 오시면 {다음 선물}을(를) 드릴게요."
    ),
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "가게 이야기": "가게 소개의 첫 줄",
        "다음 선물": "아메리카노 한 잔 쿠폰",
    },
    channels=AD_WAYS,
    words=_words,
    delay_minutes=120,
    life=timedelta(hours=20),
    group="visit",
    sentence="방문 {때} 뒤에 감사 인사를 보내요",
    note=(
        "처음 오신 분께는 더보기의 가게 소개를 덧붙이고, 두 번째 오시면 드리는 쿠폰이 있으면 함께 알려 드려요. "
        "하루에 한 번만 보내요."
    ),
    may_lack=("가게 이야기", "다음 선물"),
    once_a_day=True,
    still_wanted=_still_wanted,
)
