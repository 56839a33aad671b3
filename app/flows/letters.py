"""The customer read the letters on the card."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from app.flows.unit import write
from app.messages.models import Message


def mark_read(*, shop_id: int, customer_id: int, now: datetime) -> int:
    """Note that everything on this card was seen; returns how many letters were new."""
    with write() as session:
        done = session.scalars(
            update(Message)
            .where(
                Message.shop_id == shop_id,
                Message.customer_id == customer_id,
                Message.channel == "card",
                Message.state == "sent",
                Message.read_at.is_(None),
            )
            .values(read_at=now)
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        )
        return len(done.all())
