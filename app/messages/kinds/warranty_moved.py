"""보증서 넘긴 안내: a warranty went from one card to another, by the wish of both. Told to both, without promotion.

Facts: `product`, `came` (True to who has it now), `path`; `declined` where who was offered it did not want it, which is
told to who offered it. Cause: the move, once for each side.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    done = "카드에 담아 두었어요" if facts["came"] else "다른 분께 넘겨 드렸어요"
    if facts.get("declined"):
        done = "받으실 분이 사양하셔서 카드에 그대로 있어요"
    return {"상품": str(facts["product"]), "한일": done}


def _path(facts: Facts) -> str:
    return str(facts["path"])


KIND = Kind(
    key="warranty_moved",
    label="보증서 넘긴 안내",
    is_ad=False,
    text="{이름} 님, {상품} 보증서를 {한일}. 모르는 일이면 가게에 말씀해 주세요.",
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "상품": "원목 의자",
        "한일": "다른 분께 넘겨 드렸어요",
    },
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=5),
    sentence="보증서를 넘기거나 받으시면 두 분께 알려 드려요",
    quoted=("상품",),
    path=_path,
    button="보증서 보기",
)
