"""Rotating codes that were spent. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.cards.models import CodeUse


def consume_code(
    session: Any, *, shop_id: int, card_id: int, step: int, now: datetime, what: str = ""
) -> bool:
    """Spend a rotating code. False for the second one to come: the unique key decides (S01).

    `what`: the reference of the coupon whose code it is; the card's own and a coupon's of the same step
    are two codes.
    """
    try:
        with session.begin_nested():
            session.add(CodeUse(shop_id=shop_id, card_id=card_id, step=step, what=what, at=now))
            session.flush()
    except IntegrityError:
        return False
    return True


def drop_code_uses(session: Any, *, before: datetime) -> None:
    """Delete spent codes used before a moment: their steps are long refused as old."""
    session.execute(delete(CodeUse).where(CodeUse.at < before))
