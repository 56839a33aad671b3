"""안부 인사: somebody has been silent for 1.75 times their own rhythm. Once a silence; an ad (KISA practice).

Facts: optional `likes` ("라떼 연하게", or what they buy most) and `pick` (what the owner recommends and they have not
bought lately), told only of who agreed to the use of what is known for offers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str | None]:
    return {"좋아하는 것": facts.get("likes") or None, "추천 상품": facts.get("pick") or None}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # they came


KIND = Kind(
    key="come_back",
    label="안부 인사",
    is_ad=True,
    text=(
        "{이름} 님, 잘 지내시죠? {가게}에서 안부 전합니다. "
        "{좋아하는 것}, 저희가 잊지 않고 있어요. {추천 상품}도 한번 권해 드리고 싶어요. "
        "편하게 들러 주시면 늘 반갑게 맞을게요."
    ),
    placeholders={
        "이름": "김단골",
        "가게": "우리 가게",
        "좋아하는 것": "덜 맵게",
        "추천 상품": "새로 나온 것",
    },
    channels=AD_WAYS,
    words=_words,
    life=timedelta(days=14),
    group="quiet",
    sentence="뜸해진 손님께 안부를 보내요",
    # insights/rules.py: RHYTHM_VISITS, LONG_SILENCE, SHORTEST_SILENCE; jobs/tick.py: the hour.
    note=(
        "네 번 이상 오신 손님 가운데 늘 오시던 간격의 두 배 가까이, 적어도 일주일 안 오신 분께 "
        "아침 9시 반에 한 번만 준비해요. 가게가 쉰 날은 세지 않고, 그사이 다녀가시면 보내지 않아요."
    ),
    may_lack=("좋아하는 것", "추천 상품"),
    still_wanted=_still_wanted,
)
