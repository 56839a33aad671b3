"""부탁받은 후기 안내: only for who tapped "이번 후기 요청 받을게요" after this stamp, and no reward is offered.

One-off information at the customer's request is no advertisement (KISA guide, exception 3): once, at most
three days after the visit. Facts: `token` of the ask, `product` that is asked about ("" = none is known); fresh ones: `taken_back`, `reviewed`, `wanted`, `rewarded`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import NOTICE_WAYS, Facts, Kind


def _words(facts: Facts) -> Mapping[str, str | None]:
    return {"상품": facts.get("product") or None}


def _still_wanted(facts: Facts) -> bool:
    # With a reward it would be an ad, whoever asked for it.
    over = facts.get("taken_back") or facts.get("reviewed") or facts.get("rewarded")
    return bool(facts.get("wanted", True)) and not over


def _path(facts: Facts) -> str:
    return f"/r/{facts['token']}"


KIND = Kind(
    key="review_wanted",
    label="부탁받은 후기 안내",
    is_ad=False,
    text="{이름} 님, 부탁하신 대로 후기 쓰는 곳을 알려 드려요. 특히 {상품} 이야기가 궁금해요. 좋았던 점도 아쉬웠던 점도 편하게 적어 주세요.",
    placeholders={"이름": "김단골", "가게": "우리 가게", "상품": "참기름"},
    may_lack=("상품",),
    quoted=("상품",),
    channels=NOTICE_WAYS,
    words=_words,
    life=timedelta(days=2),
    group="visit",
    sentence="‘이번 후기 요청 받을게요’를 누른 손님께 하루 뒤에 후기 쓰는 곳을 알려 드려요",
    rests_while_rewarded="후기에 도장을 드리는 동안에는 쉬어요.",
    still_wanted=_still_wanted,
    path=_path,
    button="후기 쓰기",
)
