"""적립은 쉽게, 사용은 확인: before a reward, points or a coupon are spent, its holder is checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cards import rules
from app.cards.actions import ledger


@dataclass(frozen=True)
class Check:
    """What the staff says they looked at, where the live card is not here. "" = nothing was said."""

    what: str = ""  # known | number | paper
    pin: str = ""


def proof(
    session: Any, *, shop_id: int, card_id: int, staff_id: int, check: Check | None = None, now: datetime
) -> str:
    """Return how the holder of a card was checked: live_card or staff_check.

    The card itself was here when it was scanned, or asked by its holder, within LIVE_SECONDS.
    """
    last = ledger.last_earn(session, shop_id=shop_id, card_id=card_id)
    if last is not None and rules.seen_live(how=last.how, at=last.at, now=now):
        return "live_card"
    return "staff_check"
