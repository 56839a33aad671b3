"""카드 옮김 안내: the card was opened on another phone. Whoever did not ask for it must hear of it.

Facts: `day` (that of the move), `by` ("code": the person, "counter": the shop). Cause: "moved:…".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from app.messages.contract import AUTOMATIC_NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    day = date.fromisoformat(str(facts["day"]))
    what = "새 휴대폰에서 카드를 열었어요"
    if facts.get("by") == "counter":
        what = "가게에서 새 휴대폰으로 카드를 옮겨 드렸어요"
    return {"옮김": f"{day.month}월 {day.day}일에 {what}"}


KIND = Kind(
    key="card_moved",
    label="카드 옮김 안내",
    is_ad=False,
    statutory=True,
    always_on="다른 사람이 카드를 여는 일을 막는 안내라 늘 켜져 있어요",
    any_hour=True,
    text="{옮김}. 손님이 하신 일이 아니면 가게에 바로 알려 주세요.",
    placeholders={"옮김": "11월 26일에 가게에서 새 휴대폰으로 카드를 옮겨 드렸어요", "가게": "우리 가게"},
    channels=AUTOMATIC_NOTICE_WAYS,
    words=_words,
    life=timedelta(days=3),
    sentence="카드를 새 휴대폰으로 옮기면 알려 드려요",
)
