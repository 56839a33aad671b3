"""약속한 쿠폰 안내: a coupon that was promised before it was earned or asked for. No promotion (KISA guide, exceptions 1, 3, 5).

The promise stands where the person did their part: on the join button, on the card (n번째 방문), on the review's
form, in the friend's link, in the tier's rule, in the thread where they took it. Facts: `coupon` (its name),
`until` ("12월 26일(토)"), `code` of the shop. Cause: the coupon.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"받은 것": str(facts["coupon"]), "기한": str(facts["until"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # used meanwhile, or taken back


def _path(facts: Facts) -> str:
    return f"/c/{facts['code']}/coupons"


KIND = Kind(
    key="coupon_earned",
    label="약속한 쿠폰 안내",
    is_ad=False,
    text="{이름} 님, 약속드린 {받은 것}을(를) 카드에 담아 두었어요. {기한}까지 쓰실 수 있어요.",
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "받은 것": "아메리카노 한 잔",
        "기한": "12월 26일(토)",
    },
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=5),
    group="worth",
    sentence="카드를 만들거나 몇 번째 오시면 받기로 한 쿠폰이 생겼다고 알려 드려요",
    note="손님이 미리 보고 받은 쿠폰만 알려 드려요. 그사이 쓰시면 보내지 않아요.",
    quoted=("받은 것",),
    still_wanted=_still_wanted,
    path=_path,
    button="쿠폰 보기",
)
