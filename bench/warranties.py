"""A certificate is found among 100,000: by its number, the last digits of a phone, a name, or what a camera read.

Timed is the read as the page asks it (app/warranties/finding.py), each until its rows are here; and one step of giving
many, which is what a stamp at the same moment waits for.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select, text

from app import create_app
from app.customers.models import Customer
from app.extensions import db
from app.flows import warranty, warranty_run
from app.kit.signing import new_token, random_code, token_hash
from app.shops.models import Staff
from app.visits.models import Product, Visit, VisitItem
from app.warranties import finding
from app.warranties.models import Warranty, WarrantyKind
from app.warranties.rules import SERIAL_LENGTH
from bench.both import on_both, p95_row, times_of
from bench.data import Filled
from bench.lists import give_names
from bench.report import Row
from config import load_config

CERTIFICATES = 100_000
MUST_MS = 2_000
STEP_MUST_MS = 500
_SHOP, _CHUNK, _KINDS = 1, 5_000, 5
_NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


def measure(folder: Path, *, customers: int) -> list[Row]:
    """Time it on SQLite and PostgreSQL in a shop of `customers` people with CERTIFICATES between them."""
    return on_both(
        folder,
        lambda name, filled, _server: _on(name, filled, customers),
        customers=customers,
        ledger=customers,
    )


def _on(name: str, filled: Filled, customers: int) -> list[Row]:
    app = create_app(load_config(filled.env))
    with app.app_context():
        give_names(customers)
        kinds = _give(customers)
        pick = random.Random(7)

        def of_somebody(column: str) -> str:
            where = Warranty.id == pick.randrange(1, CERTIFICATES)
            return str(db.session.execute(select(Warranty.__table__.c[column]).where(where)).scalar_one())

        def named() -> str:
            where = Customer.id == pick.randrange(1, customers)
            return db.session.execute(select(Customer.name).where(where)).scalar_one()

        def found(typed: str) -> object:
            return finding.find(shop_id=_SHOP, typed=typed)

        asked: dict[str, Callable[[], object]] = {
            "its number": lambda: found(of_somebody("serial")),
            "last four digits": lambda: found(f"{pick.randrange(10_000):04d}"),
            "a whole name": lambda: found(named()),
            "a given name": lambda: found(named()[1:]),
            "one syllable of a name": lambda: found(named()[:1]),
            "the camera": lambda: finding.scanned(
                shop_id=_SHOP, text=f"https://shop.example/w/{of_somebody('check_ref')}"
            ),
        }
        note = f"{CERTIFICATES:,} certificates of {customers:,} customers"
        rows = [
            p95_row(f"certificate: found by {what}, p95, {name}", times_of(ask), must=MUST_MS, note=note)
            for what, ask in asked.items()
        ]
        rows.append(_stepped(name, kinds[0]))
        db.session.remove()
        db.engine.dispose()
    return rows


def _stepped(name: str, kind_id: int) -> Row:
    """Give certificates for one line of 4,000 pieces, step by step."""
    session = db.session
    product = session.scalars(select(Product.id).where(Product.shop_id == _SHOP)).first()
    if product is None:
        made = Product(shop_id=_SHOP, name="의자", price=250_000)
        session.add(made)
        session.flush()
        product = made.id
    visit = Visit(shop_id=_SHOP, customer_id=1, at=_NOW, amount=250_000, channel="shop")
    session.add(visit)
    session.flush()
    item = VisitItem(shop_id=_SHOP, visit_id=visit.id, product_id=product, quantity=4_000, price=250_000)
    session.add(item)
    session.flush()
    item_id = item.id
    staff_id = session.scalars(select(Staff.id).where(Staff.shop_id == _SHOP)).first() or 0
    session.commit()
    begun = warranty_run.give_item(
        shop_id=_SHOP,
        staff_id=staff_id,
        customer_id=1,
        item_id=item_id,
        kind_id=kind_id,
        once=new_token(),
        now=_NOW,
    )
    run_id = begun.run_id or 0
    times = times_of(lambda: warranty_run.step(shop_id=_SHOP, run_id=run_id, now=_NOW))
    what = f"certificate: a step of giving many, p95, {name}"
    return p95_row(what, times, must=STEP_MUST_MS, note="40 a step")


def _give(customers: int) -> list[int]:
    """Give everybody as many certificates as there are for them; returns what they are of."""
    draw, session = random.Random(3), db.session
    staff_id = session.scalars(select(Staff.id).where(Staff.shop_id == _SHOP)).first() or 0
    session.rollback()
    warranty.switch(shop_id=_SHOP, staff_id=staff_id, is_on=True, notice_days="30", now=_NOW)
    for number in range(_KINDS):
        session.add(
            WarrantyKind(shop_id=_SHOP, once=new_token(), name=f"의자 {number}", months=12, made_at=_NOW)
        )
    session.flush()
    kinds = list(session.scalars(select(WarrantyKind.id).where(WarrantyKind.shop_id == _SHOP)))
    for first in range(0, CERTIFICATES, _CHUNK):
        session.execute(
            insert(Warranty),
            [
                {
                    "shop_id": _SHOP,
                    "kind_id": draw.choice(kinds),
                    "customer_id": 1 + place % customers,
                    "serial": random_code(SERIAL_LENGTH),
                    "check_ref": new_token(),
                    "claim_hash": token_hash(f"{place}"),
                    "cause": f"sheet:0:{place}",
                    "how": "package",
                    "bought_on": date(2026, 11, 1),
                    "until": date(2026, 11, 1) + timedelta(days=draw.randrange(700)),
                    "issued_at": _NOW,
                    "claimed_at": _NOW,
                    "end_cause": "",
                }
                for place in range(first, first + _CHUNK)
            ],
        )
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()
    return kinds
