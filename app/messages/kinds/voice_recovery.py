"""바로잡음 안내: the shop made good what somebody had told it. A plain reply, nothing is offered in it.

What the shop gives for it is taken by the customer inside the thread, so that this stays an answer.
Facts: `code` of the shop, `voice` (the thread's number). Cause: the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


def _path(facts: Facts) -> str:
    return f"/c/{facts['code']}/voices/{facts['voice']}"


KIND = Kind(
    key="voice_recovery",
    label="바로잡음 안내",
    is_ad=False,
    text="{이름} 님, 말씀해 주셔서 고맙습니다. 말씀하신 일을 어떻게 했는지 적어 두었어요.",
    placeholders={"이름": "김단골", "가게": "우리 가게"},
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=3),
    sentence="말씀하신 일을 바로잡거나 고치면 알려 드려요",
    still_wanted=_still_wanted,
    path=_path,
    button="말씀 보기",
)
