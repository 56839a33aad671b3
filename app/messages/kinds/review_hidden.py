"""후기 가림 안내: the shop hid a review for a listed cause, or shows it again. Its writer may object.

Facts: `token` of the ask, `why` (the cause in words), `shown` (it is shown again). Cause: "hiding:<row>".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.kit.particles import josa
from app.messages.contract import AUTOMATIC_NOTICE_WAYS, Facts, Kind

_AGAIN = "가게에서 가렸던 후기를 다시 보여 드려요"
_HIDDEN = "남겨 주신 후기를 가게에서 가렸어요. 까닭은 {}. 그렇지 않다고 생각하시면 후기 화면에서 사장님께 알려 주세요"


def _words(facts: Facts) -> Mapping[str, str]:
    why = f"‘{facts['why']}’"
    return {"후기 소식": _AGAIN if facts.get("shown") else _HIDDEN.format(josa(why, "이에요/예요"))}


def _path(facts: Facts) -> str:
    return f"/r/{facts['token']}"


KIND = Kind(
    key="review_hidden",
    label="후기 가림 안내",
    is_ad=False,
    statutory=True,
    always_on="손님 글을 가렸다는 안내라 늘 켜져 있어요",
    text="{이름} 님, {후기 소식}.",
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "후기 소식": "남겨 주신 후기를 가게에서 가렸어요. 까닭은 ‘개인정보’예요",
    },
    channels=AUTOMATIC_NOTICE_WAYS,
    words=_words,
    life=timedelta(days=3),
    group="visit",
    sentence="후기를 가리거나 다시 보여 드리면 그 손님께 까닭을 알려 드려요",
    quoted=("후기 소식",),
    path=_path,
    button="내 후기 보기",
)
