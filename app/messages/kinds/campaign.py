"""단체 문자: the owner's own words to a group, once. An ad (KISA: whatever a shop sends to bring people in).

Facts: `campaign` (its number), `mark` (which of that number it is), `code` of the shop, `variant`, `photo`,
`coupon` (True when one is given with it), `personal` (its people were picked out by what is known of them). Its
words are the campaign's own, read when they are sent (causes.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {}


def _own_words(facts: Facts) -> str:
    other = facts.get("text_b") if facts.get("variant") == "b" else ""
    return str(other or facts.get("text") or "")


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


def _path(facts: Facts) -> str:
    return f"/c/{facts['code']}/coupons" if facts.get("coupon") else ""


KIND = Kind(
    key="campaign",
    label="단체 문자",
    is_ad=True,
    text="{이름} 님, {가게} 소식이에요.",
    placeholders={"이름": "김단골", "가게": "우리 가게"},
    channels=AD_WAYS,
    words=_words,
    # A greeting for the weekend is none on Thursday; by hand it takes a few days to get round.
    life=timedelta(days=3),
    sentence="고른 손님들께 한 번 보내요",
    to_many=True,
    own_words=_own_words,
    still_wanted=_still_wanted,
    path=_path,
    button="쿠폰 보기",
)
