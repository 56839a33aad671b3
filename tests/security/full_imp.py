"""What a full shop has taken in from files: a file that waits, where its lines went, who came with it, a receipt."""

from __future__ import annotations

from app.flows.unit import write
from app.visits.import_models import (
    Buyer,
    Import,
    ImportColumns,
    ImportedPerson,
    ImportLeft,
    NotSame,
    Receipt,
)
from tests import factories
from tests.factories import ACustomer, AShop


def with_files(shop: AShop, known: ACustomer, nameless: ACustomer, word: str) -> dict[str, int]:
    """Give the shop a file that was looked at and a receipt that fits two visits; return their ids."""
    of, now = {"shop_id": shop.id}, factories.now()
    found = {
        "lines": 3,
        "taken": 1,
        "left": 1,
        "blank": 1,
        "dropped": [f"{word}취향"],
        "known": 0,
        "no_phone": 0,
    }
    with write() as session:
        file = Import(
            **of, staff_id=shop.owner_id, once=factories.once(), name=f"{word}손님.csv", state="checked", kind="people",
            source="plain_people", titles=[f"{word}손님"], columns={"name": 0}, found=found, products=[], total=1, made_at=now,
        )  # fmt: skip
        session.add(file)
        session.flush()
        receipt = Receipt(**of, import_id=file.id, key=f"{word}1", at=now, amount=4500, state="asked")
        low, high = sorted((known.id, nameless.id))
        session.add_all(
            [
                receipt,
                ImportLeft(**of, import_id=file.id, reason="no_who", first=2, last=2),
                ImportColumns(
                    **of, header_key=f"key of {word}", source="plain_people", columns={"name": 0}, at=now
                ),
                Buyer(**of, customer_id=known.id, channel="coupang", key=f"key of {word}"),
                ImportedPerson(**of, customer_id=known.id, import_id=file.id),
                NotSame(**of, low_id=low, high_id=high, staff_id=shop.owner_id, at=now),
            ]
        )
        session.flush()
        return {"import_id": file.id, "receipt_id": receipt.id}
