"""What who stands at the counter came to try: chosen for a 체험단, and not handed over yet."""

from __future__ import annotations

from app.cards.counter import Panel
from app.testers import mine
from app.testers.mine import ToHandOver
from app.web.doors import now
from app.web.guards import current_staff


def for_panel(seen: Panel) -> list[ToHandOver]:
    """Return what is to be handed over to a person; nothing is asked in a shop that has no 체험단."""
    shop = current_staff().shop
    if not shop.has("testers"):
        return []
    return mine.to_hand_over(shop_id=shop.id, customer_id=seen.customer_id, now=now())
