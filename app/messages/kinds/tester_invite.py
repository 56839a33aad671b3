"""체험단 초대: some people are asked to try something first. An ad: nobody asked for it.

Goes only to a group that the shop chose for a programme and wants told. Facts: `product`, `path` (where one says yes). Cause: the invitation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"상품": str(facts["product"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # answered, closed, or no place left


def _path(facts: Facts) -> str:
    return str(facts["path"])


KIND = Kind(
    key="tester_invite",
    label="체험단 초대",
    is_ad=True,
    text="{이름} 님, {가게}에서 {상품}을(를) 먼저 써 보실 분을 모시고 있어요. 좋았던 점도 아쉬운 점도 솔직하게 들려주세요.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "상품": "새로 만든 향초"},
    channels=AD_WAYS,
    words=_words,
    life=timedelta(days=3),
    sentence="먼저 써 보실 분을 모실 때 알려 드려요",
    personal_offer=True,
    still_wanted=_still_wanted,
    path=_path,
    button="자세히 보기",
)
