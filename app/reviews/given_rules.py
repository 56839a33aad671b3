"""What must be known of whoever wrote: what they were given, and that they belong to the shop. Pure.

Law: an economic interest is disclosed clearly and first, also that the writer works for the shop or is its owner
(추천·보증 등에 관한 표시·광고 심사지침, in force 2024-12-01). It is stored with what was written, so that nothing takes it away.
"""

from __future__ import annotations

# What a tester got before they wrote (app/testers/mine.py).
TRIED = "체험단 상품"
# What a 모니터단 got month by month.
MONITORED = "모니터단 혜택"
_BEFORE = (TRIED, MONITORED)
# Who works there, as own_card.py knows them: stored at the head of what was given.
INSIDE = "가게 관계자"


def reward_words(stamps: int, coupon: bool = False, tried: str = "", *, works_here: bool = False) -> str:
    """Return what a review was given, as it is stored and disclosed: "도장 1개와 쿠폰 1장"; "" for nothing.

    `tried`: what its writer had got as a tester ("체험단 상품", "모니터단 혜택"), disclosed like any other benefit. `works_here`: whoever
    wrote it is of the shop: "가게 관계자", "가게 관계자 · 도장 1개".
    """
    got = [tried, f"도장 {stamps}개" if stamps else "", "쿠폰 1장" if coupon else ""]
    named = [each for each in got if each]
    given = " ".join([*(f"{each}{'과' if each in _BEFORE else '와'}" for each in named[:-1]), *named[-1:]])
    return " · ".join(filter(None, (INSIDE if works_here else "", given)))


def thanked(reward: str) -> str:
    """Return what of reward_words() was given for the review itself: not what its writer had got to try before."""
    given = _given(reward)
    for before in _BEFORE:
        given = given.removeprefix(before)
    return given.removeprefix("과").strip()


def disclosure(reward: str) -> str:
    """Return the badge that stands before a review stored with reward_words(); "" when there is nothing to tell."""
    given = _given(reward)
    is_inside = reward.startswith(INSIDE)
    if not given:
        return f"{INSIDE} · 이 가게에서 일하는 분이 쓴 후기예요" if is_inside else ""
    particle = "을" if given.endswith(("장", *_BEFORE)) else "를"
    told = f"혜택 제공 · {given}{particle} 받고 쓴 후기예요"
    return f"{INSIDE} · {told}" if is_inside else told


def _given(reward: str) -> str:
    return reward.removeprefix(INSIDE).removeprefix(" · ")
