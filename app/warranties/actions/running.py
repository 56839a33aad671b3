"""Certificates that are given piece by piece: how far one is, and which purchases come next. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

from app.visits.models import Visit, VisitItem
from app.warranties.actions.issuing import SOLD_LINES, SoldLine
from app.warranties.models import WarrantyRun


def by_once(session: Any, *, shop_id: int, once: str) -> WarrantyRun | None:
    """Return what this once-key began before."""
    found: WarrantyRun | None = session.scalar(
        select(WarrantyRun).where(WarrantyRun.shop_id == shop_id, WarrantyRun.once == once)
    )
    return found


def run(session: Any, *, shop_id: int, run_id: int) -> WarrantyRun | None:
    """Return one of this shop's, held until the flow ends (PostgreSQL)."""
    found: WarrantyRun | None = session.scalar(
        select(WarrantyRun)
        .where(WarrantyRun.shop_id == shop_id, WarrantyRun.id == run_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def add(
    session: Any,
    *,
    shop_id: int,
    once: str,
    kind_id: int,
    import_id: int | None = None,
    product_id: int | None = None,
    item_id: int | None = None,
    total: int,
    staff_id: int,
    now: datetime,
) -> WarrantyRun:
    """Note what is to be given. Raises IntegrityError when the once-key was used."""
    made = WarrantyRun(
        shop_id=shop_id,
        once=once,
        kind_id=kind_id,
        import_id=import_id,
        product_id=product_id,
        item_id=item_id,
        state="going",
        total=total,
        staff_id=staff_id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    return made


def next_lines(session: Any, *, run: WarrantyRun, limit: int) -> list[SoldLine]:
    """Return the lines of purchases that come next, the one it is in the middle of first."""
    which = (
        (VisitItem.id == run.item_id,)
        if run.item_id is not None
        else (Visit.import_id == run.import_id, VisitItem.product_id == run.product_id)
    )
    rows = session.execute(
        SOLD_LINES.where(
            VisitItem.shop_id == run.shop_id,
            *which,
            or_(
                Visit.customer_id > run.after_customer,
                and_(Visit.customer_id == run.after_customer, VisitItem.id >= run.after_item),
            ),
        )
        .order_by(Visit.customer_id, VisitItem.id)
        .limit(limit)
    )
    return [SoldLine(*row) for row in rows]
