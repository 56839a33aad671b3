"""후기 요청: once for a visit, when what was bought has been used. The same words whatever is answered.

Asking for a review is treated as an ad: no text says so, it is the careful reading. Facts: `token` of the ask, `product` that is asked about ("" = none is known);
fresh ones: `taken_back`, `reviewed`, `wanted` (the person asked to be asked: review_wanted goes instead).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str | None]:
    return {"상품": facts.get("product") or None}


def _still_wanted(facts: Facts) -> bool:
    return not (facts.get("taken_back") or facts.get("reviewed") or facts.get("wanted"))


def _path(facts: Facts) -> str:
    return f"/r/{facts['token']}"


KIND = Kind(
    key="review_request",
    label="후기 요청",
    is_ad=True,
    text="{이름} 님, {가게} 어떠셨어요? 특히 {상품} 이야기가 궁금해요. 좋았던 점도 아쉬웠던 점도 편하게 들려주세요. 하나하나 잘 읽겠습니다.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "상품": "참기름"},
    may_lack=("상품",),
    quoted=("상품",),
    channels=AD_WAYS,
    words=_words,
    delay_minutes=24 * 60,
    life=timedelta(days=5),
    group="visit",
    sentence="방문 {때} 뒤에 어떠셨는지 여쭤보고 후기 쓰는 곳을 알려 드려요",
    note="상품마다 며칠 뒤에 여쭤볼지 적어 두셨으면(더보기의 ‘상품 설정’) 그날에 맞춰 여쭤봐요.",
    still_wanted=_still_wanted,
    path=_path,
    button="후기 쓰기",
)
