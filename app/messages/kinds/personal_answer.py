"""답장: the owner's own words to a person who said or asked something. A plain answer, without promotion.

Who answers a question sends no advertisement (망법 50조: 영리목적의 광고성 정보); one word of promotion makes it one,
and then it goes as `personal`. Facts: `text`, `photo` (the name of its picture, or "").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"글": str(facts.get("text", ""))}


KIND = Kind(
    key="personal_answer",
    label="답장",
    is_ad=False,
    text="{글}",
    placeholders={"글": "말씀하신 우산은 계산대에 잘 두었어요."},
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=3),
    sentence="말씀을 남긴 손님께 직접 써서 답해요",
    to_one=True,
)
