"""Receipts of a till without customers: matched to stamps where nothing else fits, asked about where more does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.flows import amount as put_amount
from app.flows import imports
from app.flows import receipts as flow
from app.flows.receipts import NotFitting
from app.insights.models import DayCount
from app.kit.refusals import Invalid, NotHere
from app.visits import receipts
from app.visits.import_models import Receipt
from app.visits.models import Visit
from tests import exports, factories
from tests.factories import ACustomer, AShop
from tests.flows import taking_in
from tests.world import Clock

# The stamps are given at 오후 2:49 of 11월 23일.
PAID = [
    ["결제일", "결제시간", "결제내역", "합계", "카드 결제"],
    ["2026-11-23", "14:51", "라떼", "4,500", "4,500"],
    ["2026-11-23", "09:00", "차", "4,000", "4,000"],
]


def _amounts(shop: AShop) -> list[Any]:
    return [row.amount for row in taking_in.visits(shop, Visit.amount)]


def _states(shop: AShop) -> list[str]:
    db.session.rollback()
    return list(
        db.session.scalars(select(Receipt.state).where(Receipt.shop_id == shop.id).order_by(Receipt.id))
    )


def test_one_receipt_and_one_stamp_are_one(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    done = taking_in.take_in(shop, exports.plain(PAID), clock)
    assert (done.kind, done.added, _amounts(shop), _states(shop)) == (
        "receipts",
        2,
        [4500],
        ["matched", "open"],
    )
    assert taking_in.take_in(shop, exports.plain(PAID), clock).added == 0
    taking_in.undo(shop, done.id, clock)
    assert (_amounts(shop), _states(shop)) == ([None], [])


def test_two_stamps_at_once_are_asked_about(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    for who in (jiwoo, minho):
        factories.a_stamp(shop, who.card_id)
    taking_in.take_in(shop, exports.plain(PAID), clock)
    assert (_amounts(shop), _states(shop)) == ([None, None], ["asked", "open"])
    question = receipts.questions(shop.id)[0]
    assert [name for _id, _at, _won, name in question.visits] == ["한지우", ""]
    who = {"shop_id": shop.id, "staff_id": shop.owner_id, "receipt_id": question.id, "now": clock()}
    with pytest.raises(NotFitting):
        flow.settle(**who, visit_id=99_999)
    with pytest.raises(NotHere):
        flow.settle(**{**who, "shop_id": other_shop.id}, visit_id=question.visits[0][0])
    for _ in range(2):
        flow.settle(**who, visit_id=question.visits[0][0])
    assert (_amounts(shop), _states(shop)) == ([4500, None], ["matched", "open"])
    with pytest.raises(NotFitting):
        flow.settle(**who, visit_id=question.visits[1][0])
    assert receipts.questions(shop.id) == [] and receipts.asked_count(shop.id) == 0


@pytest.mark.databases("sqlite")
def test_a_till_that_tells_only_times_is_asked_for_its_day(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    row = exports.row(
        exports.OKPOS,
        {
            "영수증번호": "0001",
            "포스번호": "01",
            "결제시각": "14:47:10",
            "매출/반품": "매출",
            "실매출액": 4500,
        },
    )
    looked = taking_in.read(shop, exports.xlsx([exports.OKPOS, row]), clock)
    assert (looked.state, looked.kind) == ("columns", "receipts")
    chosen = {name: str(looked.columns[name]) for name in ("time", "amount", "order", "status")}
    say = {"shop_id": shop.id, "import_id": looked.id, "kind": "receipts", "chosen": chosen, "now": clock()}
    with pytest.raises(Invalid, match="며칠 매출"):
        imports.name_columns(**say, day="")
    imports.name_columns(**say, day="2026-11-23")
    assert taking_in.go_on(shop, looked.id, clock).state == "checked"
    taking_in.begin(shop, looked.id, clock)
    taking_in.go_on(shop, looked.id, clock)
    assert _amounts(shop) == [4500]
    # The next day's file has the same titles: its day is asked for again.
    assert taking_in.read(shop, exports.xlsx([exports.OKPOS, row]), clock).state == "columns"


def _sales(shop: AShop) -> list[tuple[int, int]]:
    db.session.rollback()
    rows = select(DayCount.sales, DayCount.priced).where(DayCount.shop_id == shop.id, DayCount.visits > 0)
    return [tuple(row) for row in db.session.execute(rows)]


def test_what_a_receipt_told_is_in_the_days_sums_and_goes_out_of_them(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    entry = factories.a_stamp(shop, jiwoo.card_id).entry_id
    done = taking_in.take_in(shop, exports.plain(PAID), clock)
    assert _sales(shop) == [(4500, 1)]
    taking_in.undo(shop, done.id, clock)
    assert _sales(shop) == [(0, 0)]
    factories.a_stamp(shop, minho.card_id)
    done = taking_in.take_in(shop, exports.plain(PAID), clock)
    question = receipts.questions(shop.id)[0]
    who = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    for _ in range(2):
        flow.settle(**who, receipt_id=question.id, visit_id=question.visits[0][0])
    assert _sales(shop) == [(4500, 1)]
    # What staff put right since is theirs, not the file's.
    put_amount.put(**who, entry_id=entry, typed="5000")
    taking_in.undo(shop, done.id, clock)
    assert (_sales(shop), _amounts(shop)) == ([(5000, 1)], [5000, None])
