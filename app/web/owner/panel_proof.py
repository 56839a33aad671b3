"""What the panel asks before something is spent: the live card, or what the staff looked at instead."""

from __future__ import annotations

from typing import Any

from app.cards.counter import Panel
from app.shops import queries as shops
from app.web.guards import current_staff

WORDS = (
    ("number", "이름과 번호를 물었어요"),
    ("known", "아는 손님이에요"),
    ("paper", "종이 카드예요"),
)


def for_proof(seen: Panel, *, spends: bool) -> dict[str, Any]:
    """Return what parts/panel_proof.html needs.

    `spends`: there is more to spend on this card than rewards. `asks_proof`: something could be spent and nobody has
    looked yet; `asks_pin`: who stands here types the own PIN with it.
    """
    asks = not seen.proof and (bool(seen.rewards) or spends)
    if not asks:
        return {"asks_proof": False, "asks_pin": False, "check_words": WORDS}
    me = current_staff()
    mine = next((line for line in shops.staff_of(me.shop.id) if line.id == me.staff_id), None)
    return {"asks_proof": True, "asks_pin": bool(mine and mine.has_pin), "check_words": WORDS}
