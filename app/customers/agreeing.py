"""Who agreed to what, as conditions over Customer: the newest word on a kind counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from app.customers.models import Consent, Customer, Suppression


def agrees(shop_id: int, kind: str) -> ColumnElement[bool]:
    """Return the condition that somebody agreed to a kind of consent and did not take it back."""
    later: Any = aliased(Consent)
    was_taken_back = (
        select(later.id)
        .where(
            later.shop_id == shop_id,
            later.customer_id == Consent.customer_id,
            later.kind == kind,
            later.id > Consent.id,
        )
        .exists()
    )
    return Customer.id.in_(
        select(Consent.customer_id).where(
            Consent.shop_id == shop_id, Consent.kind == kind, Consent.action == "grant", ~was_taken_back
        )
    )


def agreed_to_ads(shop_id: int) -> ColumnElement[bool]:
    """Return the condition that ads may go to somebody's number: all three consents stand, and none was refused."""
    refused = select(Suppression.address_key).where(
        Suppression.shop_id == shop_id, Suppression.lifted_at.is_(None)
    )
    return and_(
        Customer.phone.is_not(None),
        *(agrees(shop_id, kind) for kind in ("ads", "marketing", "age14")),
        Customer.phone_key.not_in(refused),
    )
