"""등급 안내: a person's tier has changed or will. A plain notice: 회원 등급 변경 is one of KISA's examples of
what is no ad (불법스팸 방지 안내서, exception 5), as long as it offers nothing.

Facts: `how` (up | down | grace), `tier` (a name, "" for none), `until` (the last day of grace, in words), `code`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind
from app.tiers.wording import changed


def _words(facts: Facts) -> Mapping[str, str]:
    return {"등급 소식": changed(str(facts["how"]), str(facts["tier"]), str(facts.get("until", "")))}


def _path(facts: Facts) -> str:
    return f"/c/{facts['code']}/tier"


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # the visit that brought it was undone


KIND = Kind(
    key="tier_changed",
    label="등급 안내",
    is_ad=False,
    text="{이름} 님, {등급 소식}.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "등급 소식": "오늘부터 단골 등급이에요"},
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=3),
    group="worth",
    sentence="등급이 오르거나 내려갈 때 알려 드려요",
    note="등급을 켜 두었을 때만 보내고, 내려가기 전에는 남은 날을 먼저 알려 드려요.",
    quoted=("등급 소식",),
    still_wanted=_still_wanted,
    path=_path,
    button="내 등급 보기",
)
