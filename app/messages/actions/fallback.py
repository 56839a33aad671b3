"""A 알림톡 that finally did not arrive becomes a text message: a row of its own, asked about anew as its own.

The provider never does this by itself (`disableSms`): its text would be nobody's. Flush, never commit.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.kit.upsert import insert_into
from app.messages import outbox, registry
from app.messages.models import Message


def as_text(session: Any, *, shop_id: int, message_id: int, now: datetime) -> int | None:
    """Write the text message that stands in for a template that failed; returns its id, None when there is none.

    None: the kind has no such channel, the time for it is over, or it was written before.
    """
    row = session.scalars(
        select(Message).where(Message.shop_id == shop_id, Message.id == message_id)
    ).one_or_none()
    if row is None or row.not_after < now:
        return None
    instead = _text_channel(row)
    if instead is None:
        return None
    dedupe_key = row.dedupe_key.removesuffix(row.channel) + instead
    values = {
        "shop_id": shop_id,
        "customer_id": row.customer_id,
        "kind": row.kind,
        "channel": instead,
        "cause": row.cause,
        "dedupe_key": dedupe_key,
        "state": "ready",
        "code": "",
        "reason": "알림톡이 가지 못해서 문자로 보내요.",
        "due_at": now,
        "not_after": row.not_after,
        "facts": row.facts,
        "text": "",
        "variant": row.variant,
        "provider_key": outbox.provider_key(shop_id, dedupe_key),
        "provider_id": "",
        "fence": 0,
        "tries": 0,
        "created_at": now,
    }
    found: int | None = session.scalar(
        insert_into(session, Message)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["shop_id", "dedupe_key"])
        .returning(Message.id)
    )
    return found


def _text_channel(row: Message) -> str | None:
    """Return the channel of the same account that carries plain texts, if the kind may take it."""
    provider = registry.channel(row.channel).CAPABILITIES.account
    for key in registry.kind(row.kind).channels:
        can = registry.channel(key).CAPABILITIES
        if can.account == provider and not can.is_template:
            return key
    return None
