"""기념일 축하: at ten in the morning of the day the person named, solar or lunar, and not a day later. An ad.

As the birthday's greeting, and on a day that is both only that one goes. Facts: `day_name` ("결혼기념일"), `coupon`,
`until`, `code`, as there. Cause: "anniversary:<customer>:<year>".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.coupons.words import called
from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str | None]:
    gift = called(str(facts["coupon"])) if facts.get("coupon") else None
    return {
        "기념일": str(facts.get("day_name") or "기념일"),
        "선물": gift,
        "기한": str(facts["until"]) if gift else None,
    }


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # they took the day back


def _path(facts: Facts) -> str:
    return f"/c/{facts['code']}" + ("/coupons" if facts.get("coupon") else "")


KIND = Kind(
    key="anniversary",
    label="기념일 축하",
    is_ad=True,
    text=(
        "{이름} 님, {기념일} 축하드려요. {가게}에서도 오늘을 함께 기뻐하고 있어요. "
        "작은 선물로 {선물}을(를) 카드에 담아 두었어요. {기한}까지 편하게 들러 주세요."
    ),
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "기념일": "결혼기념일",
        "선물": "케이크 한 조각 쿠폰",
        "기한": "12월 26일(토)",
    },
    channels=AD_WAYS,
    words=_words,
    life=timedelta(hours=10, minutes=30),
    group="day",
    sentence="기념일 아침 10시에 축하 인사를 보내요",
    note="기념일을 적어 주신 분께만, 음력이면 음력 날짜에 맞춰 보내요. 생일과 같은 날이면 생일 인사만 가요.",
    may_lack=("선물", "기한"),
    still_wanted=_still_wanted,
    path=_path,
    button="카드 보기",
)
