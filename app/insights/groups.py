"""Groups of people that something may be given to: who is in one, in steps by their ids."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.cards.models import Card
from app.customers.models import Customer
from app.extensions import db
from app.insights import queries

# 단골 begins here (the third visit), as everywhere the owner reads the word.
REGULAR_VISITS = 3
NAMES = {
    "all": "모든 손님",
    "new": "한 번 오신 손님",
    "regular": "세 번 이상 오신 단골",
    "silent": "뜸해진 손님",
}
_STEP = 500


def members(
    *, shop_id: int, group: str, now: datetime, after_id: int = 0, limit: int = _STEP
) -> tuple[list[int], int | None]:
    """Return who is in a group among the next people by id, and the id to go on after (None: the end).

    Only who holds a card: elsewhere nothing could be given. Raises KeyError for an unknown group.
    """
    if group == "silent":
        silent, going_on = queries.silent_ones(shop_id=shop_id, now=now, after_id=after_id, limit=limit)
        return _with_card(shop_id, [each.customer_id for each in silent]), going_on
    found = list(
        db.session.scalars(
            select(Customer.id)
            .where(*_simple(shop_id, group), Customer.id > after_id)
            .order_by(Customer.id)
            .limit(limit)
        )
    )
    return found, found[-1] if len(found) == limit else None


def chosen(*, shop_id: int, group: str) -> Select[int] | None:
    """Return the statement that finds a group's people by itself; None for one that is worked out person by person.

    Raises KeyError for an unknown group.
    """
    return None if group == "silent" else select(Customer.id).where(*_simple(shop_id, group))


def count(*, shop_id: int, group: str, now: datetime) -> int:
    """Return how many are in a group now. Raises KeyError for an unknown group."""
    if group != "silent":
        return int(db.session.scalar(select(func.count(Customer.id)).where(*_simple(shop_id, group))) or 0)
    total, after = 0, 0
    while True:
        found, going_on = members(shop_id=shop_id, group=group, now=now, after_id=after)
        total += len(found)
        if going_on is None:
            return total
        after = going_on


def _simple(shop_id: int, group: str) -> list[ColumnElement[bool]]:
    visits: dict[str, list[Any]] = {
        "all": [],
        "new": [Customer.visit_count == 1],
        "regular": [Customer.visit_count >= REGULAR_VISITS],
    }
    return [Customer.shop_id == shop_id, Customer.erased_at.is_(None), _HOLDS_CARD, *visits[group]]


_HOLDS_CARD = (
    select(Card.id)
    .where(Card.shop_id == Customer.shop_id, Card.customer_id == Customer.id, Card.closed_at.is_(None))
    .exists()
)


def _with_card(shop_id: int, ids: list[int]) -> list[int]:
    return list(
        db.session.scalars(
            select(Card.customer_id)
            .where(Card.shop_id == shop_id, Card.customer_id.in_(ids), Card.closed_at.is_(None))
            .order_by(Card.customer_id)
        )
    )
