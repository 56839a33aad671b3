"""Changes to what a shop promises: the setting, kinds, sheets of QR codes for packages. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.kit.upsert import insert_into
from app.visits.models import Product
from app.warranties.models import WarrantyKind, WarrantySetting, WarrantySheet
from app.warranties.rules import CleanKind


def set_notice(session: Any, *, shop_id: int, notice_days: int, now: datetime) -> None:
    """Say how long before the end a holder is told."""
    values = {"notice_days": notice_days, "changed_at": now}
    session.execute(
        insert_into(session, WarrantySetting)
        .values(shop_id=shop_id, **values)
        .on_conflict_do_update(index_elements=["shop_id"], set_=values)
    )


def kind(session: Any, *, shop_id: int, kind_id: int) -> WarrantyKind | None:
    """Return a kind of this shop, held until the flow ends (PostgreSQL)."""
    found: WarrantyKind | None = session.scalar(
        select(WarrantyKind)
        .where(WarrantyKind.shop_id == shop_id, WarrantyKind.id == kind_id)
        .with_for_update()
    )
    return found


def kind_by_once(session: Any, *, shop_id: int, once: str) -> WarrantyKind | None:
    """Return what this once-key made before."""
    found: WarrantyKind | None = session.scalar(
        select(WarrantyKind).where(WarrantyKind.shop_id == shop_id, WarrantyKind.once == once)
    )
    return found


def has_product(session: Any, *, shop_id: int, product_id: int) -> bool:
    """Tell whether something is on this shop's menu."""
    found = session.scalar(select(Product.id).where(Product.shop_id == shop_id, Product.id == product_id))
    return found is not None


def add_kind(session: Any, *, shop_id: int, said: CleanKind, once: str, now: datetime) -> WarrantyKind:
    """Begin to promise something. Raises IntegrityError when the once-key was used."""
    made = WarrantyKind(
        shop_id=shop_id,
        once=once,
        product_id=said.product_id,
        name=said.name,
        months=said.months,
        covers=said.covers,
        care=said.care,
        made_at=now,
    )
    session.add(made)
    session.flush()
    return made


def sheet_by_once(session: Any, *, shop_id: int, once: str) -> WarrantySheet | None:
    """Return the sheet that this once-key made before."""
    found: WarrantySheet | None = session.scalar(
        select(WarrantySheet).where(WarrantySheet.shop_id == shop_id, WarrantySheet.once == once)
    )
    return found


def add_sheet(
    session: Any, *, shop_id: int, kind_id: int, pieces: int, once: str, staff_id: int, now: datetime
) -> WarrantySheet:
    """Note that a sheet is made. Raises IntegrityError when the once-key was used."""
    made = WarrantySheet(
        shop_id=shop_id, once=once, kind_id=kind_id, pieces=pieces, staff_id=staff_id, made_at=now
    )
    session.add(made)
    session.flush()
    return made
