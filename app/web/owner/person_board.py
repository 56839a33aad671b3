"""What a person showed, asked and entered, on their page."""

from __future__ import annotations

from typing import Any

from app.board import events, stories, talks
from app.web.guards import current_staff

_FEW = 3


def person_board(customer_id: int) -> dict[str, Any]:
    """Return the newest few of each."""
    where: dict[str, Any] = {"shop_id": current_staff().shop.id, "customer_id": customer_id, "limit": _FEW}
    return {
        "stories": stories.mine(**where),
        "questions": talks.questions_of(**where),
        "posts": talks.posts_of(**where),
        "entries": events.my_entries(**where),
    }
