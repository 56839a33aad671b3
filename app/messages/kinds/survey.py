"""여쭤보기: a few questions about what the person bought or said they would answer. A plain notice, no promotion.

With anything given for answering it would be an ad: then the shop asks by a campaign. Who tries something applied for
being asked; what they got is theirs whatever they answer. Facts: `about` ("새 메뉴판"),
`path` (the questions). Cause: the survey.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"여쭤볼 것": str(facts["about"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # answered, or closed


def _path(facts: Facts) -> str:
    return str(facts["path"])


KIND = Kind(
    key="survey",
    label="여쭤보기",
    is_ad=False,
    text="{이름} 님, {여쭤볼 것}에 대해 짧게 여쭤봐요. 1분이면 끝나요. 답은 가게를 고치는 데만 쓸게요.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "여쭤볼 것": "바뀐 메뉴판"},
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=5),
    sentence="답해 주기로 하신 손님께 짧게 여쭤봐요",
    quoted=("여쭤볼 것",),
    still_wanted=_still_wanted,
    path=_path,
    button="답하기",
)
