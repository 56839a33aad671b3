"""친구 소개 안내: somebody who came by this person's link was here, and what was promised lies on the card.

What the shop promised to who brings somebody is no promotion (KISA guide, exceptions 1 and 5). Who the friend
is, is not said: it is theirs to tell. Facts: `gift` (what it is called).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {"받을 것": str(facts["gift"])}


KIND = Kind(
    key="friend_came",
    label="친구 소개 안내",
    is_ad=False,
    text="{이름} 님, 소개해 주신 분이 다녀가셨어요. 약속드린 {받을 것}을(를) 카드에 담아 두었어요. 고맙습니다.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "받을 것": "도장 2개"},
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=3),
    group="worth",
    sentence="소개로 온 친구가 처음 다녀가면 소개한 손님께 알려 드려요",
    note="친구가 누구인지는 적지 않아요. 방문을 취소하면 보내지 않아요.",
    quoted=("받을 것",),
)
