"""함께 오셨어요, on a person's panel: how many came together."""

from __future__ import annotations

from datetime import timedelta

from app.cards.counter import Panel
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
