"""직접 쓴 말: the owner's own words to one person, perhaps with a photo. What a shop writes unasked is an ad.

Facts: `text`, `photo` (the name of its picture, or "").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"글": str(facts.get("text", ""))}


KIND = Kind(
    key="personal",
    label="직접 쓴 말",
    is_ad=True,
    text="{글}",
    placeholders={"글": "지난번에 찾으시던 원두가 들어왔어요."},
    channels=AD_WAYS,
    words=_words,
    life=timedelta(days=3),
    sentence="한 분께 직접 써서 보내요",
    to_one=True,
)
