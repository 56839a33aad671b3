"""함께 오셨어요, on a person's panel: how many came together."""

from __future__ import annotations

from datetime import timedelta

from app.cards.counter import Panel
from app.referrals import queries as referrals
from app.visits.queries import Latest
from app.web.doors import now
from app.web.guards import current_staff

# While they stand here, and a little longer: the visit itself goes on for so long (visits/actions.py).
_HERE = timedelta(hours=3)


def for_panel(seen: Panel) -> Latest | None:
    """Return the visit that is going on, with how many came; None in a shop that does not use it."""
    latest = seen.lately.latest
    if not current_staff().shop.has("referrals") or latest is None:
        return None
    return latest if latest.at >= now() - _HERE else None


def gift_for(party: Latest | None, seen: Panel) -> int:
    """Return how many stamps more this visit brought because a friend had invited: only a first visit can."""
    if party is None or seen.visit_count != 1:
        return 0
    return referrals.gift_at(shop_id=current_staff().shop.id, customer_id=seen.customer_id, visit_id=party.id)
