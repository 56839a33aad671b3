"""수신거부 처리 결과: within 14 days, its sender, fact and date, result (망법 50조⑦, 시행령 62조의2).

No promotion at all. Facts: `day` ("2026-11-23").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from app.messages.contract import AUTOMATIC_NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    day = date.fromisoformat(facts["day"])
    return {"날짜": f"{day.month}월 {day.day}일"}


KIND = Kind(
    key="optout_result",
    label="수신거부 처리 안내",
    is_ad=False,
    statutory=True,
    must_reach=True,
    text="{날짜}, 광고를 수신거부하셨어요. 처리를 마쳤어요.",
    placeholders={"날짜": "11월 23일"},
    channels=AUTOMATIC_NOTICE_WAYS,
    words=_words,
    life=timedelta(days=14),
    sentence="수신거부하시면 처리 결과를 알려 드려요",
)
