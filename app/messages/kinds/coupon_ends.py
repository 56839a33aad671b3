"""약속한 쿠폰 기한 안내: three days before a promised coupon ends. It names the day, and asks nobody to come.

Facts: `coupon`, `until`, `code` of the shop. Cause: the coupon.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"받은 것": str(facts["coupon"]), "기한": str(facts["until"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


def _path(facts: Facts) -> str:
    return f"/c/{facts['code']}/coupons"


KIND = Kind(
    key="coupon_ends",
    label="약속한 쿠폰 기한 안내",
    is_ad=False,
    text="{이름} 님, 약속드린 {받은 것}은(는) {기한}까지 쓰실 수 있어요. 카드에 담겨 있어요.",
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "받은 것": "아메리카노 한 잔",
        "기한": "12월 26일(토)",
    },
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=2),
    group="worth",
    sentence="약속한 쿠폰의 기한이 사흘 남으면 한 번 알려 드려요",
    quoted=("받은 것",),
    still_wanted=_still_wanted,
    path=_path,
    button="쿠폰 보기",
)
