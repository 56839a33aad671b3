"""오랜만 인사: somebody has been away three times their own rhythm, or ninety days where there is none. An ad.

Once a silence, and later than 안부 인사, which asks after 1.75 times. Off until the shop wants it: who did not answer
one greeting is not sent a second one unasked. Facts: `likes`, `pick`, as there; `code` of the shop.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import AD_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str | None]:
    return {"좋아하는 것": facts.get("likes") or None, "추천 상품": facts.get("pick") or None}


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)  # they came


def _path(facts: Facts) -> str:
    return f"/c/{facts['code']}/voices"


KIND = Kind(
    key="dormant",
    label="오랜만 인사",
    is_ad=True,
    text=(
        "{이름} 님, 오랜만이에요. {가게}은(는) 늘 그 자리에 있어요. "
        "{좋아하는 것}, 저희가 잊지 않고 있어요. {추천 상품}도 한번 권해 드리고 싶어요. "
        "하시고 싶은 말씀이 있으면 아래에 편하게 남겨 주세요."
    ),
    other_texts={
        "불편을 여쭤보는 글": (
            "{이름} 님, {가게}입니다. 한동안 뵙지 못해서 여쭤봐요. 혹시 불편한 점이 있었나요? "
            "아래에 남겨 주시면 제가 직접 읽고 고칠게요."
        ),
    },
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
    sentence="오래 뜸하신 손님께 한 번 더 인사를 보내요",
    # insights/rules.py: DORMANT_SILENCE, DORMANT_DAYS; jobs/tick.py: the hour.
    note=(
        "늘 오시던 간격의 세 배, 간격을 아직 모르는 분은 90일 동안 안 오셨을 때 아침 9시 반에 한 번만 준비해요. "
        "안부 인사를 드린 지 일주일이 안 됐으면 기다려요."
    ),
    default_on=False,
    may_lack=("좋아하는 것", "추천 상품"),
    still_wanted=_still_wanted,
    path=_path,
    button="사장님께 한마디",
)
