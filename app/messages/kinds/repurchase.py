"""다시 살 때 인사: what somebody bought is about used up, and they have not bought it again. An ad, a personal offer.

How long a thing lasts is what the shop wrote beside it (Product.rebuy_days). Facts: `product`. Cause:
"rebuy:<visit>:<product>".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"상품": str(facts["product"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # bought again meanwhile


KIND = Kind(
    key="repurchase",
    label="다시 살 때 인사",
    is_ad=True,
    text="{이름} 님, 지난번에 사 가신 {상품}, 이제 거의 다 떨어졌을 것 같아요. 필요하시면 {가게}에서 챙겨 드릴게요.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "상품": "핸드크림"},
    channels=AD_WAYS,
    words=_words,
    life=timedelta(days=5),
    group="quiet",
    sentence="사 가신 것이 다 떨어질 때쯤 인사를 보내요",
    note="더보기의 ‘상품 설정’에 며칠 뒤에 다시 사시는지 적어 둔 상품만 알려 드려요. 그사이 다시 사시면 보내지 않아요.",
    personal_offer=True,
    once_a_day=True,
    still_wanted=_still_wanted,
)
