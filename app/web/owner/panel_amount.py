"""금액 단추: after a stamp one more tap puts the amount on the visit, and it can be put right that day."""

from __future__ import annotations

from typing import Any

from app.cards.counter import Panel
from app.kit.clock import kst_day
from app.visits import queries as visits
from app.web.doors import now
from app.web.guards import current_staff


def for_amount(seen: Panel) -> dict[str, Any]:
    """Return what parts/panel_amount.html needs: the prices, and the amount of today's visit.

    Nothing is asked of the database where the shop has no price buttons.
    """
    prices = current_staff().shop.price_list
    if not prices or seen.last is None or kst_day(seen.last.at) != kst_day(now()):
        return {"prices": (), "amount": None}
    amount = visits.amount_of_last(shop_id=current_staff().shop.id, customer_id=seen.customer_id)
    return {"prices": prices, "amount": amount, "amount_entry": seen.last.entry_id}
