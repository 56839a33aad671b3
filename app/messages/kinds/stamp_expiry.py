"""도장 기한 안내: thirty and seven days before stamps end that a purchase had earned. It asks nobody to come.

A plain notice for the reason that points_expiry.py gives. Facts: `amount`, `until`, `code`, as there.
Cause: "stamp_end:<card>:<day>:<days before>".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"도장": str(facts["amount"]), "기한": str(facts["until"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # the card became full meanwhile, or they stand longer by now


def _path(facts: Facts) -> str:
    return f"/c/{facts['code']}"


KIND = Kind(
    key="stamp_expiry",
    label="도장 기한 안내",
    is_ad=False,
    text="{이름} 님, 모아 두신 도장 {도장}개는 {기한}까지예요. 그날이 지나면 없어져서 미리 알려 드려요.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "도장": "3", "기한": "12월 26일(토)"},
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=3),
    group="worth",
    sentence="도장의 기한이 한 달, 일주일 남으면 한 번씩 알려 드려요",
    note="오셔서 모은 도장만 알려 드려요. 그사이 다 모으시면 보내지 않아요.",
    still_wanted=_still_wanted,
    path=_path,
    button="카드 보기",
)
