"""People are held before their messages: while their ads are counted, and where a further message is written to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from app.customers.models import Customer

_HOLD_PEOPLE = (
    select(Customer.id)
    .where(Customer.shop_id == bindparam("shop"), Customer.id.in_(bindparam("people", expanding=True)))
    .order_by(Customer.id)
    .with_for_update()
)


def lock_people(session: Any, *, shop_id: int, people: set[int]) -> None:
    """Let nobody else count these people's ads, merge or erase them until the transaction ends."""
    if people:
        session.execute(_HOLD_PEOPLE, {"shop": shop_id, "people": sorted(people)})


def lock_person(session: Any, *, shop_id: int, customer_id: int) -> None:
    """As lock_people, one of them."""
    lock_people(session, shop_id=shop_id, people={customer_id})
