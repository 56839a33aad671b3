"""만족도 물음: 좋았어요 · 보통이에요 · 아쉬웠어요, with the review request or instead of it. Off until the shop wants it.

Every answer leads to the same form. An ad as the review request is. Facts: as there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {}


def _still_wanted(facts: Facts) -> bool:
    return not (facts.get("taken_back") or facts.get("reviewed") or facts.get("wanted"))


def _path(facts: Facts) -> str:
    return f"/r/{facts['token']}"


KIND = Kind(
    key="satisfaction",
    label="만족도 물음",
    is_ad=True,
    text="{이름} 님, {가게}에서 보낸 시간은 어떠셨어요? 좋았어요, 보통이에요, 아쉬웠어요 가운데 하나만 골라 주셔도 큰 도움이 됩니다.",
    placeholders={"이름": "김단골", "가게": "우리 가게"},
    channels=AD_WAYS,
    words=_words,
    delay_minutes=24 * 60,
    life=timedelta(days=5),
    group="visit",
    sentence="방문 {때} 뒤에 좋았는지 아쉬웠는지 여쭤봐요",
    default_on=False,
    note="상품마다 며칠 뒤에 여쭤볼지 적어 두셨으면(더보기의 ‘상품 설정’) 그날에 맞춰 여쭤봐요.",
    still_wanted=_still_wanted,
    path=_path,
    button="후기 쓰기",
)
