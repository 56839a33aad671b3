"""금액 단추: after a stamp one more tap puts the amount on the visit, and it can be put right that day."""

from __future__ import annotations

from typing import Any

from app.cards.counter import Panel
from app.kit.clock import kst_day
from app.web.doors import now
from app.web.guards import current_staff


def for_amount(seen: Panel) -> dict[str, Any]:
    """Return what parts/panel_amount.html needs: the prices, and the amount of today's visit.

    None in a shop without price buttons.
    """
    prices = current_staff().shop.price_list
    if not prices or seen.last is None or kst_day(seen.last.at) != kst_day(now()):
        return {"prices": (), "amount": None}
    latest = seen.lately.latest
    return {
        "prices": prices,
        "amount": latest.amount if latest else None,
        "amount_entry": seen.last.entry_id,
    }
