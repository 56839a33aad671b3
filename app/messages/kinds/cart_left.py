"""담아 둔 것 안내: the shop's own mall tells that something was put into the cart and not bought. An ad, a personal offer.

Off until the shop wants it, at most once a day, dropped with any purchase since. Facts: `items` ("원두 200g 외 1개"),
`path` (where the cart is). Cause: "cart:<customer>:<unix seconds>".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"담은 것": str(facts["items"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # bought meanwhile


def _path(facts: Facts) -> str:
    return str(facts["path"])


KIND = Kind(
    key="cart_left",
    label="담아 둔 것 안내",
    is_ad=True,
    text="{이름} 님, 담아 두신 {담은 것}을(를) 그대로 두었어요. 천천히 둘러보시고 {가게}에 궁금한 점은 편하게 물어봐 주세요.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "담은 것": "핸드크림 외 1개"},
    channels=AD_WAYS,
    words=_words,
    delay_minutes=3 * 60,
    life=timedelta(days=1),
    group="quiet",
    is_caused=False,
    sentence="쇼핑몰에 담아 두고 {때}이 지나면 한 번 알려 드려요",
    default_on=False,
    personal_offer=True,
    once_a_day=True,
    still_wanted=_still_wanted,
    path=_path,
    button="담아 둔 것 보기",
)
