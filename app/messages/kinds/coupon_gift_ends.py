"""선물 쿠폰 기한 알림: three days before a coupon that nobody asked for ends. Reminding of an unasked gift is an ad.

Its coming to an end is no plain notice, because the giving was none (KISA guide: what was given one-sidedly).
Facts: `coupon`, `until`, `code` of the shop. Cause: the coupon.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.coupons.words import called
from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"받은 것": called(str(facts["coupon"])), "기한": str(facts["until"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


def _path(facts: Facts) -> str:
    return f"/c/{facts['code']}/coupons"


KIND = Kind(
    key="coupon_gift_ends",
    label="선물 쿠폰 기한 알림",
    is_ad=True,
    text="{이름} 님, {가게}에서 드린 {받은 것}이(가) {기한}까지예요. 잊지 마시고 편하게 들러 주세요.",
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "받은 것": "아메리카노 한 잔 쿠폰",
        "기한": "12월 26일(토)",
    },
    channels=AD_WAYS,
    words=_words,
    life=timedelta(days=2),
    group="worth",
    sentence="선물 쿠폰의 기한이 사흘 남으면 한 번 알려 드려요",
    personal_offer=True,
    still_wanted=_still_wanted,
    path=_path,
    button="쿠폰 보기",
)
