"""What the panel asks before something is spent: the live card, or what the staff looked at instead."""

from __future__ import annotations

from typing import Any

from app.cards.counter import Panel
from app.web.guards import current_staff
from app.web.owner.panel_coupons import PanelCoupons

WORDS = (
    ("number", "이름과 번호를 물었어요"),
    ("known", "아는 손님이에요"),
    ("paper", "종이 카드예요"),
)


def for_proof(seen: Panel, mine: PanelCoupons | None) -> dict[str, Any]:
    """Return what parts/panel_proof.html needs.

    `mine`: the person's coupons. `asks_proof`: something could be spent and nobody has looked yet (a coupon
    whose own QR was read needs no other look); `asks_pin`: who stands here types the own PIN with it.
    """
    asks = not seen.proof and (bool(seen.rewards) or seen.extras.may_spend or bool(mine and mine.unseen))
    if not asks:
        return {"asks_proof": False, "asks_pin": False, "check_words": WORDS}
    return {"asks_proof": True, "asks_pin": current_staff().has_pin, "check_words": WORDS}
