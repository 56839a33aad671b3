"""한마디 답 안내: the owner answered what the person said or asked. A plain notice, the words stay in the thread.

Facts: `code` of the shop, `voice` (the thread's number).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {}


def _path(facts: Facts) -> str:
    return f"/c/{facts['code']}/voices/{facts['voice']}"


KIND = Kind(
    key="voice_reply",
    label="한마디 답 안내",
    is_ad=False,
    text="{이름} 님, 남겨 주신 말씀에 사장님이 답을 남겼어요.",
    placeholders={"이름": "김단골", "가게": "우리 가게"},
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=3),
    sentence="손님 말씀에 답하시면 답이 왔다고 알려 드려요",
    path=_path,
    button="답 보기",
)
