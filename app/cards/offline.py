"""Reads about stamps scanned without a network that wait for the owner. Asked only while a shop has some."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from app.cards.counter_models import OfflineEvent
from app.cards.history import cards_in, went_into
from app.cards.models import Card
from app.customers.models import Customer
from app.extensions import db
from app.shops.models import Staff

# The word in Shop.uses that stands there while something waits: no other shop pays a question for it.
WAITS = "offline"
_LISTED = "listed"


@dataclass(frozen=True)
class ListedScan:
    """A scan that did not count by itself. `card_id` None: there is no open card to stamp."""

    id: int
    scanned_at: datetime
    received_at: datetime
    reason: str
    ref_tail: str
    staff: str
    card_id: int | None
    name: str
    visit_count: int


def listed(shop_id: int, *, limit: int = 100) -> list[ListedScan]:
    """Return what waits for the owner, the earliest scan first; on a card that went into another, as that one's."""
    rows = db.session.execute(
        select(
            OfflineEvent.id,
            OfflineEvent.scanned_at,
            OfflineEvent.received_at,
            OfflineEvent.reason,
            OfflineEvent.ref_tail,
            Staff.name,
            Card.id,
            func.coalesce(Customer.name, ""),
            func.coalesce(Customer.visit_count, 0),
            OfflineEvent.card_id.label("scanned"),
        )
        .join(Staff, (Staff.shop_id == OfflineEvent.shop_id) & (Staff.id == OfflineEvent.staff_id))
        .outerjoin(
            Card,
            (Card.shop_id == OfflineEvent.shop_id)
            & (Card.id == OfflineEvent.card_id)
            & Card.closed_at.is_(None),
        )
        .outerjoin(Customer, (Customer.shop_id == Card.shop_id) & (Customer.id == Card.customer_id))
        .where(OfflineEvent.shop_id == shop_id, OfflineEvent.state == _LISTED)
        .order_by(OfflineEvent.scanned_at, OfflineEvent.id)
        .limit(limit)
    )
    return [_as_it_is_now(shop_id, ListedScan(*told), scanned) for *told, scanned in rows]


def _as_it_is_now(shop_id: int, scan: ListedScan, scanned: int | None) -> ListedScan:
    if scan.card_id is not None or scanned is None:
        return scan
    card_id, name, visit_count = _holder_now(shop_id, scanned)
    return replace(scan, card_id=card_id, name=name, visit_count=visit_count)


def _holder_now(shop_id: int, card_id: int) -> tuple[int | None, str, int]:
    """Return (card, name, visits) of the open card that a closed one went into; (None, "", 0) where there is none."""
    into = went_into(shop_id=shop_id, card_id=card_id)
    if into is None:
        return None, "", 0
    row = db.session.execute(
        select(Card.id, Customer.name, Customer.visit_count)
        .join(Customer, (Customer.shop_id == Card.shop_id) & (Customer.id == Card.customer_id))
        .where(Card.shop_id == shop_id, Card.id == into, Card.closed_at.is_(None))
    ).one_or_none()
    return (row.id, row.name, row.visit_count) if row is not None else _holder_now(shop_id, into)


def listed_count(shop_id: int) -> int:
    """Return how many scans wait for the owner."""
    counted = db.session.scalar(
        select(func.count(OfflineEvent.id)).where(
            OfflineEvent.shop_id == shop_id, OfflineEvent.state == _LISTED
        )
    )
    return int(counted or 0)


def checking(*, shop_id: int, card_id: int) -> list[datetime]:
    """Return when a card, or one that went into it, was scanned for stamps the owner has not decided about yet."""
    mine = [card_id, *cards_in(shop_id=shop_id, card_id=card_id)]
    return list(
        db.session.scalars(
            select(OfflineEvent.scanned_at)
            .where(
                OfflineEvent.shop_id == shop_id,
                OfflineEvent.card_id.in_(mine),
                OfflineEvent.state == _LISTED,
            )
            .order_by(OfflineEvent.scanned_at)
        )
    )
