"""참여 결과 안내: what came of something the person took part in. A plain notice about it, no promotion.

Facts: `event` ("여름 사진전"), `result` (one whole sentence: "뽑히셨어요."), `path`. Cause: the entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"참여한 것": str(facts["event"]), "결과": str(facts["result"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


def _path(facts: Facts) -> str:
    return str(facts["path"])


KIND = Kind(
    key="event_result",
    label="참여 결과 안내",
    is_ad=False,
    text="{이름} 님, 참여해 주신 {참여한 것}의 결과를 알려 드려요. {결과} 함께해 주셔서 고맙습니다.",
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "참여한 것": "여름 사진전",
        "결과": "보내 주신 사진이 뽑혔어요.",
    },
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=5),
    sentence="참여하신 일의 결과가 나오면 알려 드려요",
    quoted=("참여한 것", "결과"),
    still_wanted=_still_wanted,
    path=_path,
    button="결과 보기",
)
