"""후기 감사: after a review, the same for every rating. No promotion: it confirms what the person did.

Facts: `token` of the ask; the way leads to the review as it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {}


def _path(facts: Facts) -> str:
    return f"/r/{facts['token']}"


KIND = Kind(
    key="review_thanks",
    label="후기 감사",
    is_ad=False,
    text="{이름} 님, 시간을 내어 후기를 남겨 주셔서 고맙습니다. 한 줄 한 줄 잘 읽겠습니다.",
    placeholders={"이름": "김단골", "가게": "우리 가게"},
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=1),
    group="visit",
    sentence="후기를 남기시면 잘 받았다고 인사드려요",
    path=_path,
    button="내 후기 보기",
)
