"""A certificate goes from one holder to the next. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from app.warranties.models import Warranty, WarrantyMove


def asked_before(session: Any, *, shop_id: int, warranty_id: int) -> int:
    """Return how often somebody wanted to hand a certificate on."""
    return int(
        session.scalar(
            select(func.count(WarrantyMove.id)).where(
                WarrantyMove.shop_id == shop_id, WarrantyMove.warranty_id == warranty_id
            )
        )
    )


def waiting(session: Any, *, shop_id: int, warranty_id: int, now: datetime) -> WarrantyMove | None:
    """Return the link that can still be taken up."""
    found: WarrantyMove | None = session.scalar(
        select(WarrantyMove)
        .where(
            WarrantyMove.shop_id == shop_id,
            WarrantyMove.warranty_id == warranty_id,
            WarrantyMove.taken_at.is_(None),
            WarrantyMove.called_off_at.is_(None),
            WarrantyMove.expires_at > now,
        )
        .order_by(WarrantyMove.id.desc())
        .limit(1)
    )
    return found


def add(
    session: Any,
    *,
    shop_id: int,
    warranty_id: int,
    from_customer: int,
    token_hash: str,
    expires_at: datetime,
    now: datetime,
) -> WarrantyMove:
    """Let a certificate be taken up by a link. Raises IntegrityError for one that was made before."""
    made = WarrantyMove(
        shop_id=shop_id,
        warranty_id=warranty_id,
        from_customer=from_customer,
        token_hash=token_hash,
        asked_at=now,
        expires_at=expires_at,
    )
    session.add(made)
    session.flush()
    return made


def by_token(session: Any, *, shop_id: int, token_hash: str, lock: bool = False) -> WarrantyMove | None:
    """Return what a link stands for in this shop; `lock` holds it until the flow ends (PostgreSQL)."""
    query = select(WarrantyMove).where(WarrantyMove.shop_id == shop_id, WarrantyMove.token_hash == token_hash)
    query = query.with_for_update() if lock else query
    found: WarrantyMove | None = session.scalar(query.execution_options(populate_existing=True))
    return found


def call_off(session: Any, *, shop_id: int, warranty_id: int, now: datetime) -> None:
    """Let no link of a certificate be taken up any more."""
    session.execute(
        update(WarrantyMove)
        .where(
            WarrantyMove.shop_id == shop_id,
            WarrantyMove.warranty_id == warranty_id,
            WarrantyMove.taken_at.is_(None),
            WarrantyMove.called_off_at.is_(None),
        )
        .values(called_off_at=now)
        .execution_options(synchronize_session=False)
    )


def decline(session: Any, *, move: WarrantyMove, now: datetime) -> bool:
    """Let one link be taken up no more; False when it could not be any more."""
    done = session.execute(
        update(WarrantyMove)
        .where(
            WarrantyMove.shop_id == move.shop_id,
            WarrantyMove.id == move.id,
            WarrantyMove.taken_at.is_(None),
            WarrantyMove.called_off_at.is_(None),
            WarrantyMove.expires_at > now,
        )
        .values(called_off_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)


def take(session: Any, *, move: WarrantyMove, to_customer: int, now: datetime) -> bool:
    """Give the certificate to who takes it; False when it is not with who asked any more, or was taken."""
    took = session.execute(
        update(WarrantyMove)
        .where(
            WarrantyMove.shop_id == move.shop_id,
            WarrantyMove.id == move.id,
            WarrantyMove.taken_at.is_(None),
            WarrantyMove.called_off_at.is_(None),
            WarrantyMove.expires_at > now,
        )
        .values(taken_at=now, to_customer=to_customer)
        .execution_options(synchronize_session=False)
    )
    if not took.rowcount:
        return False
    moved = session.execute(
        update(Warranty)
        .where(
            Warranty.shop_id == move.shop_id,
            Warranty.id == move.warranty_id,
            Warranty.customer_id == move.from_customer,
            Warranty.ended_at.is_(None),
        )
        .values(customer_id=to_customer)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount)
