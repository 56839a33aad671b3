"""What the panel shows of points, stages and ends."""

from __future__ import annotations

from typing import Any

from app.cards.counter import Panel
from app.kit.signing import new_token
from app.web import endings
from app.web.doors import now


def for_panel(seen: Panel) -> dict[str, Any]:
    """Return what parts/panel_points.html needs."""
    return {
        "ending": endings.words(seen.ending, now=now()),
        "points_key": new_token(),
        "points_typed": "",
        "points_wrong": "",
    }
