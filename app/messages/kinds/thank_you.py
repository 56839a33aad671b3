"""감사 인사: two hours after the visit, once a day at most. A greeting counts as an ad (KISA practice).

Facts: optional `first` (True on the first visit), `visit_at` (ISO).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


KIND = Kind(
    key="thank_you",
    label="감사 인사",
    is_ad=True,
    text="{이름} 님, {가게}에 와 주셔서 고맙습니다. 다음에 또 반갑게 맞을게요.",
    placeholders={"이름": "김단골", "가게": "우리 가게"},
    channels=AD_WAYS,
    words=_words,
    delay_minutes=120,
    life=timedelta(hours=20),
    sentence="방문 {때} 뒤에 감사 인사를 보내요",
    once_a_day=True,
    still_wanted=_still_wanted,
)
