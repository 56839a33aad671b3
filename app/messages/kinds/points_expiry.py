"""포인트 기한 안내: thirty and seven days before points end that a purchase had earned. It asks nobody to come.

포인트 소멸 안내 is one of KISA's examples of what is no ad (불법스팸 방지 안내서, exception 5), where a purchase earned
them under terms the person knew; of points given one-sidedly it would be one, and those are not counted here.
Facts: `amount`, `until` ("12월 26일(토)"), `code` of the shop; looked up again just before sending
(messages/causes.py). Cause: "point_end:<card>:<day>:<days before>".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"포인트": f"{facts['amount']:,}", "기한": str(facts["until"])}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # spent meanwhile, or they stand longer by now


def _path(facts: Facts) -> str:
    return f"/c/{facts['code']}"


KIND = Kind(
    key="points_expiry",
    label="포인트 기한 안내",
    is_ad=False,
    text="{이름} 님, 카드의 포인트 {포인트}점은 {기한}까지 쓰실 수 있어요. 그날이 지나면 없어져서 미리 알려 드려요.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "포인트": "1,200", "기한": "12월 26일(토)"},
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=3),
    group="worth",
    sentence="포인트의 기한이 한 달, 일주일 남으면 한 번씩 알려 드려요",
    note="사면서 모은 포인트만 알려 드려요. 그사이 다 쓰시면 보내지 않아요.",
    still_wanted=_still_wanted,
    path=_path,
    button="카드 보기",
)
