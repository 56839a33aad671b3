"""선물 쿠폰: one that nobody asked for (birthday, a long silence, a season, by hand). An ad, and a personal offer.

A coupon given unasked is no plain notice (KISA guide; 쿠폰 문자). Facts: `coupon`, `until`, `code` of the shop,
`greeting` ("생일 축하드려요."). Cause: the coupon.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.coupons.words import called
from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {
        "받은 것": called(str(facts["coupon"])),
        "기한": str(facts["until"]),
        "인사": str(facts.get("greeting") or "늘 고맙습니다."),
    }


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


def _path(facts: Facts) -> str:
    return f"/c/{facts['code']}/coupons"


KIND = Kind(
    key="coupon_gift",
    label="선물 쿠폰",
    is_ad=True,
    text="{이름} 님, {인사} {가게}에서 {받은 것}을(를) 준비했어요. {기한}까지 편하게 들러 주세요.",
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "인사": "생일 축하드려요.",
        "받은 것": "아메리카노 한 잔 쿠폰",
        "기한": "12월 26일(토)",
    },
    channels=AD_WAYS,
    words=_words,
    life=timedelta(days=5),
    group="worth",
    sentence="직접 드린 쿠폰이나 오랜만에 드리는 쿠폰을 알려 드려요",
    note=(
        "직접 드린 쿠폰, 철 쿠폰, 오랜만에 오시라는 쿠폰이에요. 생일과 기념일 쿠폰은 축하 인사에 함께 적어요. "
        "광고라서 동의한 손님께만 보내요."
    ),
    personal_offer=True,
    still_wanted=_still_wanted,
    path=_path,
    button="쿠폰 보기",
)
