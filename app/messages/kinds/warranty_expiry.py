"""보증 기한 안내: a warranty ends soon. A plain notice about what was bought, no promotion.

Facts: `product`, `until`, `path`, as warranty_issued has them. Cause: the warranty.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"상품": str(facts["product"]), "기한": str(facts["until"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # prolonged, or refunded


def _path(facts: Facts) -> str:
    return str(facts["path"])


KIND = Kind(
    key="warranty_expiry",
    label="보증 기한 안내",
    is_ad=False,
    text="{이름} 님, {상품} 보증이 {기한}에 끝나요. 손볼 곳이 있으면 그 전에 알려 주세요.",
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "상품": "원목 의자",
        "기한": "12월 26일(토)",
    },
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=5),
    sentence="보증이 끝나기 전에 한 번 알려 드려요",
    quoted=("상품",),
    still_wanted=_still_wanted,
    path=_path,
    button="보증서 보기",
)
