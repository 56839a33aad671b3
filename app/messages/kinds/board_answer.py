"""사진·질문의 답 안내: the shop answered what the person showed or asked in public. A plain notice without promotion.

Facts: `what` ("올려 주신 사진", "남겨 주신 질문", "게시판에 쓰신 글"), `path`. Cause: the row. The words stay on the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"올린 것": str(facts["what"])}


def _path(facts: Facts) -> str:
    return str(facts["path"])


KIND = Kind(
    key="board_answer",
    label="사진·질문의 답 안내",
    is_ad=False,
    text="{이름} 님, {올린 것}에 사장님이 답을 남겼어요.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "올린 것": "올려 주신 사진"},
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=3),
    sentence="손님 사진이나 질문에 답하시면 답이 왔다고 알려 드려요",
    quoted=("올린 것",),
    path=_path,
    button="답 보기",
)
