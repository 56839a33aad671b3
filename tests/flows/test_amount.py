"""금액 단추: the amount lies on the visit, is put right that day, and is never required."""

from __future__ import annotations

from typing import Any

import pytest

from app.cards.actions import ledger
from app.cards.models import LedgerEntry
from app.cards.rules import NothingToUndo, OverCap, OverScan
from app.extensions import db
from app.flows import amount, points, undo
from app.flows.unit import write
from app.kit.refusals import Invalid
from app.shops.models import AuditLine
from app.visits import rules
from app.visits.models import Visit
from app.visits.rules import NotToday
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.world import Clock


def put(shop: AShop, entry_id: int, typed: str) -> int | None:
    """Put an amount on a stamp's visit, as the owner."""
    return amount.put(
        shop_id=shop.id, staff_id=shop.owner_id, entry_id=entry_id, typed=typed, now=factories.now()
    )[1]


def on_visit(customer: ACustomer) -> list[int | None]:
    """Return the amounts of a person's visits."""
    db.session.rollback()
    return list(db.session.scalars(db.select(Visit.amount).where(Visit.customer_id == customer.id)))


def test_put_right_and_taken_away(
    shop: AShop, minho: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[int | None] = []

    def follow(_session: Any, *, amount: int | None, **_facts: Any) -> int:
        followed.append(amount)
        return 0

    monkeypatch.setattr(points, "follow_amount", follow)
    entry = factories.a_stamp(shop, minho.card_id).entry_id
    assert put(shop, entry, " 12,000원 ") == 12_000
    assert put(shop, entry, "12000") == 12_000, "the same tap twice changes nothing"
    assert put(shop, entry, "4500") == 4_500
    assert put(shop, entry, "") is None
    assert (followed, on_visit(minho)) == ([12_000, 4_500, None], [None])
    told = list(
        db.session.scalars(
            db.select(AuditLine.detail).where(AuditLine.what == "amount_changed").order_by(AuditLine.id)
        )
    )
    assert told == ["12000 → 4500", "4500 → -"]
    clock.advance(days=1)
    with pytest.raises(NotToday):
        put(shop, entry, "4500")


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("typed", ["0", "-1", "많이", "10000000", "1e5", "4500.5", "٤٥"])
def test_nonsense_is_refused(shop: AShop, minho: ACustomer, typed: str) -> None:
    entry = factories.a_stamp(shop, minho.card_id).entry_id
    with pytest.raises(Invalid, match="숫자로"):
        put(shop, entry, typed)
    assert on_visit(minho) == [None]


def test_with_the_stamp_and_for_the_second_cup(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    factories.a_stamp(shop, minho.card_id, amount=4_500)
    clock.advance(minutes=30)
    factories.a_stamp(shop, minho.card_id, amount=3_000)
    assert on_visit(minho) == [7_500]
    books.check(shop)


@pytest.mark.parametrize(
    ("amount", "shares", "found"),
    [
        (12_000, [None], [12_000]),
        (None, [5_000, 10_000], [None, None]),
        (20_000, [5_000, 10_000], [10_000, 10_000]),
        (12_000, [5_000, 10_000], [2_000, 10_000]),
        (5_000, [5_000, 4_000, 6_000], [None, None, 5_000]),
    ],
)
def test_an_amount_lies_on_its_stamps(
    amount: int | None, shares: list[int | None], found: list[int | None]
) -> None:
    assert rules.shared(amount, shares) == found


def test_a_stamp_taken_back_or_of_another_shop_has_no_amount(
    shop: AShop, other_shop: AShop, minho: ACustomer
) -> None:
    entry = factories.a_stamp(shop, minho.card_id).entry_id
    with pytest.raises(NothingToUndo):
        put(other_shop, entry, "4500")
    undo.undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=entry, now=factories.now())
    with pytest.raises(NothingToUndo):
        put(shop, entry, "4500")


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["4500", "5000", "12,000원"], "4500 5000 12000"),
        (["", "", ""], ""),
        (["4500", "5000"], None),
        (["4500", "4500", "5000"], None),
        (["50", "4500", "5000"], None),
        (["많이", "4500", "5000"], None),
    ],
)
def test_three_to_six_prices_or_none(shop: AShop, typed: list[str], words: str | None) -> None:
    save: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    if words is None:
        with pytest.raises(Invalid):
            amount.save_prices(**save, typed=typed)
        words = ""
    else:
        amount.save_prices(**save, typed=typed)
    assert factories.the_shop(shop).prices == words


def test_several_stamps_in_one_go(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    assert factories.a_stamp(shop, minho.card_id, count=3).balance == 3
    clock.advance(hours=1)
    for count in (0, 6):
        with pytest.raises(OverScan, match="한 번에 5개까지"):
            factories.a_stamp(shop, minho.card_id, count=count)
    with pytest.raises(OverCap, match="2개만 더"):
        factories.a_stamp(shop, minho.card_id, count=3)
    assert books.count("refuse", minho.card_id) == 3
    assert factories.a_stamp(shop, minho.card_id, count=2).balance == 5
    books.check(shop)


def test_a_stamp_of_before_rules_were_noted_follows_the_rule_it_was_given_under(
    shop: AShop, minho: ACustomer, clock: Clock
) -> None:
    """The database was upgraded today; the card got full since, and came under a rule that gives points."""
    factories.a_card_with(8, shop, minho)
    old = factories.a_stamp(shop, minho.card_id).entry_id
    with write() as session:
        session.execute(db.update(LedgerEntry).values(rule_id=None))
        ledger.add_rule(
            session, shop_id=shop.id, goal=10, reward_name="라떼", now=factories.now(), point_permille=100,
            point_visit=50,
        )  # fmt: skip
    clock.advance(minutes=30)
    assert factories.a_stamp(shop, minho.card_id).filled
    assert put(shop, old, "10000") == 10_000
    assert factories.a_card(minho.card_id).points == 0
    books.check(shop)
