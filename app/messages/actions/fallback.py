"""An 알림톡 that did not arrive, or may not be one any more: what its owner allows beside it carries the message.

Always a row of its own, asked about anew as its own. The provider never does this by itself (`disableSms`): its
text would be nobody's. Flush, never commit.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.kit.upsert import insert_into
from app.messages import outbox, registry, stopped, tries
from app.messages.actions.holding import lock_people
from app.messages.campaign_models import Campaign
from app.messages.contract import CARD
from app.messages.models import Automation, Message

# Why a row can't travel as AlimTalk whoever it is for: its kind goes as an ad by now, or no approved text fits.
NO_TALK = ("template", "no_template")


def hold_people(session: Any, *, shop_id: int, ids: Collection[int]) -> None:
    """Hold those to whom another message may be written now, before the messages that failed are touched."""
    whose = select(Message.customer_id).where(Message.shop_id == shop_id, Message.id.in_(ids))
    if ids:
        lock_people(session, shop_id=shop_id, people=set(session.scalars(whose)))


def as_text(session: Any, *, shop_id: int, message_id: int, now: datetime) -> int | None:
    """Write the text message that stands in for a template that failed; returns its id, None when there is none.

    None: the kind has no such channel, the owner did not choose it (it costs more), the time for it is over, or it
    was written before.
    """
    row = _row(session, shop_id, message_id)
    if row is None or row.not_after < now:
        return None
    instead = _text_channel(row)
    if instead is None or not _may_take(session, row, instead):
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


def another_way(session: Any, *, shop_id: int, message_id: int, now: datetime) -> str | None:
    """Plan one that ended because AlimTalk can't carry it for the next way its owner allows; returns which.

    None: no other may carry it, a try of it may have reached somebody, or another way has it already. It lies on
    the card whatever becomes of it.
    """
    row = _row(session, shop_id, message_id)
    if row is None or row.not_after < now or tries.may_have_reached(session, shop_id=shop_id, ids=[row.id]):
        return None
    base = row.dedupe_key.removesuffix(row.channel)
    others = set(registry.kind(row.kind).channels) - {CARD, row.channel}
    beside = select(Message.id).where(
        Message.shop_id == shop_id, Message.dedupe_key.in_([base + other for other in sorted(others)])
    )
    if session.scalar(beside.limit(1)) is not None:
        return None
    return outbox.plan_another_way(session, row=row, tried=(row.channel,), now=now)


def _row(session: Any, shop_id: int, message_id: int) -> Message | None:
    found: Message | None = session.scalar(
        select(Message).where(Message.shop_id == shop_id, Message.id == message_id)
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


def _may_take(session: Any, row: Message, channel: str) -> bool:
    """Tell whether whoever decides about the message chose this way; where nobody does, its kind's ways say it."""
    kind, campaign_id = registry.kind(row.kind), stopped.campaign_of(row.cause)
    if campaign_id is not None:
        mine = (Campaign.shop_id == row.shop_id, Campaign.id == campaign_id)
        chosen = session.scalar(select(Campaign.ways).where(*mine))
    elif kind.statutory or kind.to_one:
        return True
    else:
        asked = (Automation.shop_id == row.shop_id, Automation.kind == row.kind)
        chosen = session.scalar(select(Automation.ways).where(*asked))
    return channel in (chosen or "").split()
