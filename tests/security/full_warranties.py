"""What a full shop has of warranties: one that was handed on and is being mended, and a sheet for packages."""

from __future__ import annotations

from app.extensions import db
from app.flows import repair, warranty_run
from app.warranties import repairs
from app.warranties.models import Warranty, WarrantySheet
from app.warranties.rules import MOST_AT_ONCE
from tests import factories
from tests import warranties as given
from tests.factories import ACustomer, AShop


def with_warranties(shop: AShop, known: ACustomer, word: str) -> dict[str, int]:
    """Give a stranger a certificate that the known person took, asked a repair of, and offers again; returns numbers."""
    promise_id = given.a_kind(shop, name=f"{word}의자", covers=f"{word}보증", care=f"{word}손질")
    given.a_secret(shop, promise_id)
    giver = factories.a_customer(shop)
    serial = given.issued(shop, giver, promise_id)
    given.taken(shop, given.offered(shop, giver, serial), known.browser)
    given.asked(shop, known, serial, text=f"{word}고장")
    [line] = repairs.under_way(shop.id)
    repair.step(
        shop_id=shop.id, staff_id=shop.owner_id, request_id=line.id, state="got", note=f"{word}확인",
        once=factories.once(), now=factories.now(),
    )  # fmt: skip
    given.offered(shop, known, serial)
    many = a_run(shop, promise_id, known)
    sheet_id = db.session.scalar(db.select(WarrantySheet.id).where(WarrantySheet.shop_id == shop.id))
    return {"promise_id": promise_id, "request_id": line.id, "sheet_id": int(sheet_id or 0), "run_id": many}


def a_run(shop: AShop, kind_id: int, buyer: ACustomer) -> int:
    """Begin to give certificates for so many pieces that the worker does; returns which one it is."""
    _visit, item_id, _product = given.sold(shop, buyer, pieces=MOST_AT_ONCE + 1)
    begun = warranty_run.give_item(
        shop_id=shop.id, staff_id=shop.owner_id, customer_id=buyer.id, item_id=item_id, kind_id=kind_id,
        once=factories.once(), now=factories.now(),
    )  # fmt: skip
    assert begun.run_id is not None
    return begun.run_id


def serial_of(shop: AShop) -> str:
    """Return the serial of the certificate that somebody of the shop holds."""
    held = db.select(Warranty.serial).where(Warranty.shop_id == shop.id, Warranty.customer_id.is_not(None))
    return str(db.session.scalar(held))


def secrets_of(word: str) -> tuple[str, ...]:
    """Return the words that nobody else may read."""
    return tuple(f"{word}{what}" for what in ("의자", "보증", "손질", "고장", "확인"))
