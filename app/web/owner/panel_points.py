"""What the panel shows of points, stages and ends."""

from __future__ import annotations

from typing import Any

from app.cards.counter import Panel
from app.kit.signing import new_token
from app.web import endings
from app.web.doors import now
from app.web.guards import current_staff


def for_panel(seen: Panel) -> dict[str, Any]:
    """Return what parts/panel_points.html needs; asks nothing for a card on which nothing ends."""
    return {
        "ending": endings.sentence(
            shop_id=current_staff().shop.id, card_id=seen.card_id, extras=seen.extras, now=now()
        ),
        "points_key": new_token(),
        "points_typed": "",
        "points_wrong": "",
    }
