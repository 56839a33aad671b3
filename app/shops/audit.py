"""The record of changes: appended inside a flow, each line chained to the one before it (S04). Never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.shops.models import AuditLine, Shop
from app.shops.rules import line_hash


def append(
    session: Any, *, shop_id: int, what: str, staff_id: int | None, subject: str, detail: str, now: datetime
) -> None:
    """Add a line to a shop's chain.

    Two at once stand in line at the shop's row; NO KEY UPDATE, so that whoever inserts something that
    points at the shop does not wait. Take it last in a flow: what comes after would be done under the lock.
    """
    lock_chain(session, shop_id=shop_id)
    newest = session.execute(
        select(AuditLine.number, AuditLine.hash)
        .where(AuditLine.shop_id == shop_id)
        .order_by(AuditLine.number.desc())
        .limit(1)
    ).one_or_none()
    number, before = (newest.number + 1, newest.hash) if newest else (1, "")
    facts: dict[str, Any] = {
        "shop_id": shop_id,
        "number": number,
        "at": now,
        "staff_id": staff_id,
        "what": what,
        "subject": subject[:40],
        "detail": detail[:160],
        "hash_before": before,
    }
    session.add(AuditLine(**facts, hash=line_hash(**facts)))
    session.flush()


def lock_chain(session: Any, *, shop_id: int) -> None:
    """Stand in line for a shop's chain until the transaction ends."""
    session.execute(select(Shop.id).where(Shop.id == shop_id).with_for_update(key_share=True))


def is_noted(session: Any, *, shop_id: int, what: str, subject: str, since: datetime) -> bool:
    """Tell whether a line about this was written after a moment."""
    return (
        session.scalar(
            select(AuditLine.id)
            .where(
                AuditLine.shop_id == shop_id,
                AuditLine.what == what,
                AuditLine.subject == subject,
                AuditLine.at > since,
            )
            .limit(1)
        )
        is not None
    )
