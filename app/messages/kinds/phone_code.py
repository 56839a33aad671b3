"""인증번호: six digits to a number somebody typed, which only who reads that phone can type back.

Facts: `code` and `to`, both looked up just before sending (messages/causes.py) and never kept. It has no copy
on the card: whoever holds the card must not be able to read it there. Cause: the request, "code:12".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import Facts, Kind

_UNSEEN = "••••••"


def _words(facts: Facts) -> Mapping[str, str]:
    return {"인증번호": str(facts.get("code") or _UNSEEN)}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


def _as_kept(facts: Facts) -> Facts:
    return {**facts, "code": _UNSEEN}


KIND = Kind(
    key="phone_code",
    label="인증번호",
    is_ad=False,
    statutory=True,
    always_on="번호 주인인지 확인하는 문자라 늘 켜져 있어요",
    to_typed_number=True,
    any_hour=True,
    text="인증번호 {인증번호}\n3분 안에 적어 주세요. 남에게 알리지 마세요.",
    placeholders={"인증번호": "123456", "가게": "우리 가게"},
    channels=("demo_phone", "solapi", "own_phone"),
    words=_words,
    life=timedelta(minutes=3),
    sentence="손님이 번호를 확인하면 인증번호를 보내요",
    note="손님 휴대폰으로만 가요. 번호는 화면과 기록에 남기지 않아요.",
    still_wanted=_still_wanted,
    as_kept=_as_kept,
)
