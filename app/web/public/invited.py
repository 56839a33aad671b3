"""By whose link a browser came: kept for a month in a cookie of our own, and in the forms themselves.

KakaoTalk's browser and the phone's own share no cookies: the way from one to the other carries the word too.
"""

from __future__ import annotations

from flask import Response, flash, request

from app.kit.signing import SPOKEN_ALPHABET
from app.referrals import queries as referrals
from app.referrals.queries import Invitation
from app.referrals.rules import LINK_LIVES
from app.web import cookies
from app.web.guards import current_shop

_LONGEST = 12


def _clean(typed: str | None) -> str:
    word = (typed or "").strip().upper()
    return word if len(word) <= _LONGEST and set(word) <= set(SPOKEN_ALPHABET) else ""


def word() -> str:
    """Return the word of the link this person came by, or "": the first one this browser saw for the shop.

    The form's own word is the cookie's where the browser keeps cookies, and all there is where it keeps none.
    """
    shop = current_shop()
    if not shop.has("referrals"):
        return ""
    return _clean(cookies.friend_word(shop.code)) or _clean(request.values.get("f"))


def invitation() -> Invitation | None:
    """Return what the page tells a friend; None for who came by themselves, or by a link that is nobody's."""
    came_by = word()
    found = referrals.invitation(shop_id=current_shop().id, word=came_by) if came_by else None
    if found is None and came_by and (newer := _clean(request.values.get("f"))) != came_by and newer:
        # The first link's person has left since: the one in hand counts.
        return referrals.invitation(shop_id=current_shop().id, word=newer)
    return found


def keep(answer: Response, invited: Invitation | None) -> Response:
    """Let the browser remember by whose link it came. A cookie is no row: looking changes nothing."""
    if invited is None:
        return answer
    seconds = int(LINK_LIVES.total_seconds())
    return cookies.keep_friend_word(answer, current_shop().code, invited.word, seconds)


def tell_holder(customer_id: int) -> None:
    """Tell somebody who has a card and opened a friend's link, or their own, why nothing changes."""
    shop, came_by = current_shop(), _clean(request.args.get("f"))
    if not came_by or not shop.has("referrals"):
        return
    if referrals.is_own(shop_id=shop.id, word=came_by, customer_id=customer_id):
        flash("내 초대 링크예요. 친구에게 보내 주세요")
    else:
        flash("이미 카드가 있으세요. 초대 선물은 처음 오시는 분께 드려요")
