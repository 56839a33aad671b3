"""종이 카드 안내: what came of a paper card the customer sent. A plain notice about what they asked for.

Facts: `stamps` that were moved, 0 when it was refused; then `why` is the shop's reason. Cause: the paper card.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    stamps = facts.get("stamps", 7)
    if stamps:
        return {"결과": f"종이 카드의 도장 {stamps}개를 이 카드로 옮겨 드렸어요."}
    return {"결과": f"종이 카드를 옮기지 못했어요. {facts.get('why', '')}".strip()}


KIND = Kind(
    key="paper_moved",
    label="종이 카드 안내",
    is_ad=False,
    text="{이름} 님, {결과}",
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "결과": "종이 카드의 도장 7개를 이 카드로 옮겨 드렸어요.",
    },
    channels=("card",),
    words=_words,
    life=timedelta(days=30),
    sentence="종이 카드를 옮기면 손님 카드에 알려 드려요",
    note="문자는 보내지 않고 카드에만 남아요.",
    quoted=("결과",),
)
