"""보증서 안내: a warranty was issued with a purchase. A plain notice about what was bought, no promotion.

Facts: `product`, `until` ("2027년 11월 26일(금)"), `path` (the warranty's own page). Cause: the warranty; taken back
when the purchase was refunded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"상품": str(facts["product"]), "기한": str(facts["until"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # refunded


def _path(facts: Facts) -> str:
    return str(facts["path"])


KIND = Kind(
    key="warranty_issued",
    label="보증서 안내",
    is_ad=False,
    text="{이름} 님, {상품} 보증서를 카드에 담아 두었어요. {기한}까지 보증해 드려요.",
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "상품": "원목 의자",
        "기한": "2027년 11월 26일(금)",
    },
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=5),
    sentence="보증서를 드리면 바로 알려 드려요",
    quoted=("상품",),
    still_wanted=_still_wanted,
    path=_path,
    button="보증서 보기",
)
