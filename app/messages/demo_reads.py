"""What the demo shop's pretended phone shows: what arrived, and what is still coming."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.customers.models import Customer
from app.extensions import db
from app.kit.korean import day_and_time
from app.kit.phone import masked
from app.messages import registry
from app.messages.models import DemoPhoneMessage, Message
from app.shops.models import Shop

BEST_OF_DAY = 5
# Enough to find five that may go out now among those that must wait.
_LOOKED_AT = 40
# As a real phone finds them: what we write, the opt-out and where a message leads.
_LINK = re.compile(r"(https?://\S+)")


def demo_letter(key: str) -> str | None:
    """Return the demo carrier's id of a letter by its sender's key; None: it never arrived."""
    found = db.session.scalar(select(DemoPhoneMessage.id).where(DemoPhoneMessage.key == key))
    return None if found is None else f"demo-{found}"


@dataclass(frozen=True)
class Bubble:
    """One message that arrived on the demo phone."""

    id: int
    to: str  # masked
    text: str
    at: datetime
    pieces: list[tuple[str, bool]]  # the text in order, each with whether it is a link to tap


@dataclass(frozen=True)
class Coming:
    """One message of the demo shop that waits for its time."""

    id: int
    label: str
    whom: str
    when: str  # "11월 23일(월) 오후 4:49"
    reason: str  # what the gate said last, or ""
    can_hurry: bool  # 지금 보내기


@dataclass(frozen=True)
class DemoPhone:
    """The demo shop's pretended phone: bubbles oldest first, then what is still coming."""

    shop_name: str
    bubbles: list[Bubble]
    coming: list[Coming]
    version: str  # changes with anything that is shown


def demo_phone(shop_id: int, *, now: datetime, bubbles: int = 8, coming: int = 4) -> DemoPhone | None:
    """Return the phone of a demo shop; None for a shop that is none."""
    name = db.session.scalar(select(Shop.name).where(Shop.id == shop_id, Shop.is_demo.is_(True)))
    if name is None:
        return None
    arrived = db.session.scalars(
        select(DemoPhoneMessage)
        .where(DemoPhoneMessage.shop_id == shop_id)
        .order_by(DemoPhoneMessage.id.desc())
        .limit(bubbles)
    ).all()
    waiting = db.session.execute(
        select(
            Message.id,
            Message.kind,
            Message.due_at,
            Message.reason,
            Message.fence,
            Customer.name,
            Customer.phone,
        )
        .join(Customer, (Customer.shop_id == Message.shop_id) & (Customer.id == Message.customer_id))
        .where(
            Message.shop_id == shop_id,
            Message.channel == "demo_phone",
            Message.state.in_(("ready", "claimed", "sending", "unknown")),
        )
        .order_by(Message.id.desc())
        .limit(coming)
    ).all()
    shown = [
        Coming(
            id=row.id,
            label=registry.kind(row.kind).label,
            whom=f"{row.name} 님" if row.name else masked(row.phone) if row.phone else "고객님",
            when=day_and_time(row.due_at) if row.due_at > now else "지금 보내는 중",
            reason=row.reason,
            can_hurry=row.due_at > now,
        )
        for row in waiting
    ]
    return DemoPhone(
        shop_name=name,
        bubbles=[_bubble(row) for row in reversed(arrived)],
        coming=shown,
        version="-".join(
            [
                str(arrived[0].id if arrived else 0),
                *(f"{row.id}-{row.fence}-{row.due_at:%d%H%M}-{int(row.due_at > now)}" for row in waiting),
            ]
        ),
    )


def _bubble(row: DemoPhoneMessage) -> Bubble:
    # Between the links stand the words: split by a group, every second piece is one.
    cut = enumerate(_LINK.split(row.text))
    pieces = [(piece, bool(place % 2)) for place, piece in cut if piece]
    return Bubble(id=row.id, to=masked(row.to), text=row.text, at=row.at, pieces=pieces)
