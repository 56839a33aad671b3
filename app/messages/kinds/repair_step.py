"""AS 소식: a repair that the customer asked for went on. What they wait to hear, without promotion.

Information about a service that the recipient asked for is no advertisement (KISA guide, exception 3). Facts:
`product`, `told` (what the shop did, and its one line), `path` (the thread). Cause: the repair and its step; a later
step makes an earlier one unwanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"상품": str(facts["product"]), "소식": str(facts["told"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # it went on, or was deleted


def _path(facts: Facts) -> str:
    return str(facts["path"])


KIND = Kind(
    key="repair_step",
    label="AS 소식",
    is_ad=False,
    text="{이름} 님, {상품} AS 소식이에요. {소식}",
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "상품": "원목 의자",
        "소식": "다 됐어요. 찾으러 와 주세요.",
    },
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=3),
    any_hour=True,
    sentence="맡기신 물건이 어디까지 됐는지 알려 드려요",
    quoted=("상품",),  # the shop's own line is looked through like any other
    still_wanted=_still_wanted,
    path=_path,
    button="AS 보기",
)
