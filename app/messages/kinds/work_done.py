"""끝났다는 소식: the customer asked at drop-off "끝나면 사진 받을게요". Once, and without a word of promotion.

One-off information at the customer's request is no advertisement (KISA guide, exception 3). Facts: `text`, `photo`
(the name of its picture, or ""); fresh ones: `taken_back` (the customer no longer wants it).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"글": str(facts.get("text", ""))}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


KIND = Kind(
    key="work_done",
    label="끝났다는 소식",
    is_ad=False,
    text="{글}",
    placeholders={"글": "콩이 오늘 미용 예쁘게 잘 받았어요."},
    channels=NOTICE_WAYS,
    words=_words,
    # They wait for it to come and fetch: tomorrow it says nothing any more.
    life=timedelta(hours=12),
    any_hour=True,
    sentence="‘끝나면 사진 받을게요’ 하신 손님께 끝났다고 알려 드려요",
    still_wanted=_still_wanted,
    to_one=True,
)
