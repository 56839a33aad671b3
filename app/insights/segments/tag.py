"""One group a tag of the shop's own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select

from app.customers import known
from app.customers.known_models import CustomerTag
from app.customers.models import Customer

FAMILY = "tag"
HEADING = "태그"
MEANING = "가게에서 이 태그를 붙인 분이에요"
ORDER = 200


def names(shop_id: int) -> list[tuple[int, str]]:
    """Return (number, name) of each."""
    return [(tag.id, tag.name) for tag in known.tags(shop_id)]


def condition(shop_id: int, _today: date, number: int) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it; of a tag that is gone, nobody."""
    return Customer.id.in_(
        select(CustomerTag.customer_id).where(CustomerTag.shop_id == shop_id, CustomerTag.tag_id == number)
    )
