"""Who agreed to what, as conditions over Customer: the newest word on a kind counts."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, select

from app.customers.models import Consent, Customer, Suppression


def agrees(shop_id: int, kind: str) -> ColumnElement[bool]:
    """Return the condition that somebody agreed to a kind of consent and did not take it back."""
    newest = (
        select(Consent.action)
        .where(Consent.shop_id == shop_id, Consent.customer_id == Customer.id, Consent.kind == kind)
        .order_by(Consent.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(newest, "") == "grant"


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
