"""What a shop knows of a person beyond who they are, changed inside a flow. Flush, never commit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete

from app.customers.known_models import Companion, CustomerTag


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Delete a person's tags and who comes along with them."""
    for table in (CustomerTag, Companion):
        session.execute(delete(table).where(table.shop_id == shop_id, table.customer_id == customer_id))
