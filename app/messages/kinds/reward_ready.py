"""혜택 안내: the card is full. What the card promised is no promotion (KISA guide, exceptions 1 and 5).

Facts: `reward` (its name on the card's rule). Cause: the ledger line that gave it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"받을 것": str(facts["reward"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # used meanwhile, or the stamp was undone


KIND = Kind(
    key="reward_ready",
    label="다 채운 카드 안내",
    is_ad=False,
    text="{이름} 님, 도장을 다 모으셨어요. 약속드린 {받을 것}을(를) 드릴게요. 카드에 담아 두었어요.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "받을 것": "모아서 받는 것"},
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=3),
    group="worth",
    sentence="도장을 다 모으면 받을 것을 알려 드려요",
    note="다 모은 바로 그때 보내고, 밤이면 아침 8시에 보내요. 그사이 쓰시면 보내지 않아요.",
    quoted=("받을 것",),
    basis="※ 고객님의 유료 구매로 지급된 스탬프(포인트) 안내입니다.",
    still_wanted=_still_wanted,
)
