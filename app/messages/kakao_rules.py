"""The shop's 카카오톡 채널: reading a pasted address. Pure."""

from __future__ import annotations

import re

from app.kit.refusals import Invalid

# A channel's profile id as Kakao writes it: https://pf.kakao.com/_ZeUTxl, perhaps with /friend, /chat or a tracker.
_PASTED = re.compile(
    r"(?:https?://)?(?:pf|plus)\.kakao\.com/(?:home/)?(_[A-Za-z0-9]{3,40})(?:/(?:friend|chat))?/?(?:[?#].*)?"
)
_BARE = re.compile(r"_[A-Za-z0-9]{3,40}")


def clean_channel(typed: str) -> str:
    """Return the channel's id ("_ZeUTxl") from what was pasted; "" = the shop has none. Raises Invalid (field: link)."""
    pasted = typed.strip()
    if not pasted:
        return ""
    match = _PASTED.fullmatch(pasted)
    if match is not None:
        return match.group(1)
    if _BARE.fullmatch(pasted):
        return pasted
    raise Invalid(
        {
            "link": "채널 주소가 아니에요. 채널 관리자센터에서 https://pf.kakao.com/_ 로 시작하는 주소를 복사해 주세요."
        }
    )


def friend_link(channel: str) -> str:
    """Return the page on which a customer adds the channel; "" for a shop without one."""
    return f"https://pf.kakao.com/{channel}/friend" if channel else ""
