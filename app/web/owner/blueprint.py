"""Pages of the people who run the shop."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_login import current_user

from app.cards import counter
from app.web.doors import now
from app.web.guards import current_staff

bp = Blueprint("owner", __name__)


@bp.context_processor
def frame() -> dict[str, Any]:
    """Give every page the shop, who is signed in, and how many customers wait for a stamp."""
    if not current_user.is_authenticated:
        return {}
    staff = current_staff()
    return {
        "shop": staff.shop,
        "staff": staff,
        "waiting": counter.waiting_count(shop_id=staff.shop.id, now=now()),
        "tab_keys": ("home", "stamps", "more") if staff.role == "staff" else (),
    }
