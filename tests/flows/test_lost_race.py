"""What staff press at the till is done again when the database ended it to let a file, or another till, through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.flows import amount, from_programs, refund, undo, visit
from app.insights import actions as sums
from app.programs.queries import KeyView
from app.visits.models import Visit
from app.visits.rules import Bought
from tests import factories
from tests.factories import ACustomer, AShop


class _Deadlock(Exception):
    sqlstate = "40P01"


Press = Callable[[AShop, ACustomer, int, int], Any]


def _by(shop: AShop) -> dict[str, Any]:
    return {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}


def _program(shop: AShop, visit_id: int) -> bool:
    key = KeyView(1, shop.id, "포스", "visits", shop.owner_id, factories.now())
    return from_programs.take_back(key=key, visit_id=visit_id, now=factories.now())


PRESSES: dict[str, Press] = {
    "the amount": lambda shop, _who, entry, _visit: amount.put(**_by(shop), entry_id=entry, typed="5000"),
    "a stamp taken back": lambda shop, _who, entry, _visit: undo.undo_stamp(**_by(shop), entry_id=entry),
    "a refund": lambda shop, _who, _entry, at: refund.refund(**_by(shop), visit_id=at),
    "a program's refund": lambda shop, _who, _entry, at: _program(shop, at),
    "a purchase crossed out": lambda shop, _who, _entry, at: visit.cross_out(**_by(shop), visit_id=at),
}


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("what", PRESSES)
def test_it_is_done_again(shop: AShop, jiwoo: ACustomer, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    entry = factories.a_stamp(shop, jiwoo.card_id, amount=4500).entry_id
    if what == "a purchase crossed out":
        bought = [Bought("라떼", 1, 4500)]
        visit.write_down(**_by(shop), customer_id=jiwoo.id, amount=None, items=bought, once="tap-0009")
    visit_id = db.session.scalars(db.select(Visit.id)).one()
    real, lost = sums.count, [True]

    def loses_once(session: Any, **how: Any) -> None:
        if lost.pop() if lost else False:
            raise OperationalError("…", {}, _Deadlock())
        real(session, **how)

    monkeypatch.setattr(sums, "count", loses_once)
    PRESSES[what](shop, jiwoo, entry, visit_id)
    assert not lost
