"""Files in tests: brought, read and taken in, each to its end."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app.customers.models import Customer
from app.extensions import db
from app.flows import import_run, imports
from app.visits import imports as reads
from app.visits.imports import FileView
from app.visits.models import Visit
from tests import factories
from tests.factories import AShop
from tests.world import Clock


def read(shop: AShop, data: bytes, clock: Clock, *, name: str = "파일.csv") -> FileView:
    """Bring a file and let the worker read it."""
    made = imports.bring(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        once=factories.once(),
        name=name,
        upload=io.BytesIO(data),
        now=clock(),
    )
    return go_on(shop, made, clock)


def go_on(shop: AShop, import_id: int, clock: Clock, *, steps: int = 0) -> FileView:
    """Let the worker do the next steps."""
    import_run.go_on(shop_id=shop.id, import_id=import_id, clock=clock, steps=steps)
    return view(shop, import_id)


def view(shop: AShop, import_id: int) -> FileView:
    """Return the file as its page shows it."""
    db.session.rollback()
    found = reads.file(shop.id, import_id)
    assert found is not None
    return found


def begin(shop: AShop, import_id: int, clock: Clock, *, joins_names: bool = False) -> None:
    """Press 가져오기."""
    imports.begin(
        shop_id=shop.id, staff_id=shop.owner_id, import_id=import_id, joins_names=joins_names, now=clock()
    )


def take_in(shop: AShop, data: bytes, clock: Clock, *, joins_names: bool = False) -> FileView:
    """Bring a file and take all of it in."""
    looked = read(shop, data, clock)
    assert looked.state == "checked", (looked.state, looked.detail)
    begin(shop, looked.id, clock, joins_names=joins_names)
    return go_on(shop, looked.id, clock)


def undo(shop: AShop, import_id: int, clock: Clock) -> FileView:
    """Take a file back to the end."""
    imports.undo(shop_id=shop.id, staff_id=shop.owner_id, import_id=import_id, now=clock())
    return go_on(shop, import_id, clock)


def people(shop: AShop) -> list[tuple[Any, ...]]:
    """Return (name, phone, visits) of everybody, by name."""
    db.session.rollback()
    rows = select(Customer.name, Customer.phone, Customer.visit_count).where(
        Customer.shop_id == shop.id, Customer.erased_at.is_(None)
    )
    return sorted((tuple(row) for row in db.session.execute(rows)), key=str)


def visits(shop: AShop, *what: Any) -> Sequence[Any]:
    """Return columns of the shop's visits, in their order."""
    db.session.rollback()
    return db.session.execute(
        select(*what).where(Visit.shop_id == shop.id).order_by(Visit.at, Visit.id)
    ).all()


def count(model: Any, shop: AShop) -> int:
    """Return how many rows of a table the shop has."""
    db.session.rollback()
    return int(
        db.session.scalar(select(func.count()).select_from(model).where(model.shop_id == shop.id)) or 0
    )
