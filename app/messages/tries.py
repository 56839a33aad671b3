"""What the tries of a message say: whether it may have reached somebody, though it waits."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from app.messages.models import Attempt


def may_have_reached(session: Any, *, shop_id: int, ids: Collection[int]) -> set[int]:
    """Return which of these messages may have reached somebody: a try of theirs was not clearly refused."""
    tries = select(Attempt.message_id).where(
        Attempt.shop_id == shop_id, Attempt.message_id.in_(ids), Attempt.outcome != "rejected"
    )
    return set(session.scalars(tries))
