"""가게에서 온 말: the letters that lie on a card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, tuple_

from app.extensions import db
from app.kit.columns import UtcDateTime
from app.messages import registry
from app.messages.contract import Facts, Kind
from app.messages.models import Message

INBOX_DAYS = 180


@dataclass(frozen=True)
class LetterLine:
    """One letter on the card: 가게에서 온 말."""

    id: int
    kind: str
    label: str
    text: str
    at: datetime
    is_new: bool
    path: str = ""  # where its button leads, inside our own pages; "" = it has none
    button: str = ""
    news: int = 0  # the campaign whose picture stands above it, or 0
    photo: str = ""  # the name of its picture, or ""


def letters(shop_id: int, customer_id: int, *, now: datetime, limit: int = 50) -> list[LetterLine]:
    """Return the letters on a card, newest first."""
    rows = db.session.execute(
        select(Message.id, Message.kind, Message.text, Message.facts, Message.sent_at, Message.read_at)
        .where(
            Message.shop_id == shop_id,
            Message.customer_id == customer_id,
            Message.channel == "card",
            Message.state == "sent",
            Message.sent_at > now - timedelta(days=INBOX_DAYS),
        )
        # By when they came to lie there: one that was planned days ago is today's news.
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(limit)
    )
    kinds = registry.kinds()
    return [
        LetterLine(
            id=row.id,
            kind=row.kind,
            label=_label(kinds.get(row.kind)),
            text=row.text,
            at=row.sent_at,
            is_new=row.read_at is None,
            news=int(row.facts.get("campaign") or 0) if row.facts.get("photo") else 0,
            photo="" if row.facts.get("campaign") else str(row.facts.get("photo") or ""),
            **_way_on(kinds.get(row.kind), row.facts),
        )
        for row in rows
    ]


def _label(kind: Kind | None) -> str:
    """Return what a letter is called where its reader sees it: 단체 문자 is the owner's word for it."""
    if kind is None:
        return "가게에서 온 말"
    return "가게 소식" if kind.to_many else kind.label


def _way_on(kind: Kind | None, facts: Facts) -> dict[str, str]:
    """Return the letter's button; none once the facts are forgotten."""
    if kind is None or kind.path is None or not facts or not (path := kind.path(facts)):
        return {}
    return {"path": path, "button": kind.button}


# Asked with every look at a card: built once.
_UNREAD = select(func.count()).where(
    Message.shop_id == bindparam("shop"),
    Message.customer_id == bindparam("customer"),
    Message.channel == "card",
    Message.state == "sent",
    Message.sent_at > bindparam("since", type_=UtcDateTime()),
    Message.read_at.is_(None),
)


def unread(shop_id: int, customer_id: int, *, now: datetime) -> int:
    """Return how many letters on the card nobody has opened yet, of those the inbox still shows."""
    since = now - timedelta(days=INBOX_DAYS)
    which = {"shop": shop_id, "customer": customer_id, "since": since}
    return int(db.session.scalar(_UNREAD, which) or 0)


def unread_of(people: list[tuple[int, int]], *, now: datetime) -> dict[tuple[int, int], int]:
    """Return the same for several cards by one read; `people` and the answer's keys are (shop_id, customer_id)."""
    if not people:
        return {}
    rows = db.session.execute(
        select(Message.shop_id, Message.customer_id, func.count())
        .where(
            tuple_(Message.shop_id, Message.customer_id).in_(people),
            Message.channel == "card",
            Message.state == "sent",
            Message.sent_at > now - timedelta(days=INBOX_DAYS),
            Message.read_at.is_(None),
        )
        .group_by(Message.shop_id, Message.customer_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}
