"""이렇게 바꿨어요: who tried something is told that what they said led to a change. A plain notice, no promotion.

What was changed stands on the page it leads to, so that the shop's own words are in no message. Facts: `product`,
`path`. Cause: the person's part in the programme; once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"상품": str(facts["product"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


def _path(facts: Facts) -> str:
    return str(facts["path"])


KIND = Kind(
    key="tester_changed",
    label="이렇게 바꿨어요",
    is_ad=False,
    text="{이름} 님, {상품}에 대해 들려주신 말씀을 읽고 이렇게 바꿨어요. 솔직하게 답해 주셔서 고맙습니다.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "상품": "새로 만든 향초"},
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=5),
    sentence="체험단이나 모니터단이 답해 주신 뒤 바꾼 것을 알려 드려요",
    quoted=("상품",),
    still_wanted=_still_wanted,
    path=_path,
    button="바꾼 것 보기",
)
