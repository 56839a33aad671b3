"""함께 오셨어요, on a person's panel: how many came together."""

from __future__ import annotations

from datetime import timedelta

from app.cards.counter import Panel
from app.referrals import queries as referrals
from app.referrals.queries import Party
from app.web.doors import now
from app.web.guards import current_staff

# While they stand here, and a little longer: the visit itself goes on for so long (visits/actions.py).
_HERE = timedelta(hours=3)


def for_panel(seen: Panel) -> Party | None:
    """Return how many came on the visit that is going on; asks nothing in a shop that does not use it."""
    if not current_staff().shop.has("referrals") or not seen.visit_count:
        return None
    return referrals.party(shop_id=current_staff().shop.id, customer_id=seen.customer_id, since=now() - _HERE)
