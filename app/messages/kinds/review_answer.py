"""후기 답글 안내: the shop answered a review. A plain notice without promotion; nobody is asked to send it by hand.

Facts: `token` of the ask; the way leads to the review with the answer. Cause: "review:<row>", so the first answer alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import BY_HAND, NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {}


def _path(facts: Facts) -> str:
    return f"/r/{facts['token']}"


KIND = Kind(
    key="review_answer",
    label="후기 답글 안내",
    is_ad=False,
    text="{이름} 님, 남겨 주신 후기에 사장님이 답글을 남겼어요.",
    placeholders={"이름": "김단골", "가게": "우리 가게"},
    channels=tuple(way for way in NOTICE_WAYS if way != BY_HAND),
    words=_words,
    life=timedelta(days=3),
    group="visit",
    sentence="후기에 답글을 남기시면 그 손님께 알려 드려요",
    path=_path,
    button="답글 보기",
)
