"""도장 받기: one waiting claim a card, one stamp a claim, a word both phones show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.cards.actions import ledger
from app.cards.models import Claim
from app.cards.rules import ClaimGone, TooSoon
from app.extensions import db
from app.flows import claim, privacy
from app.flows.claim import Asked
from app.flows.stamp import Stamped
from app.kit.refusals import NotHere
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.world import Clock


def approve(shop: AShop, claim_id: int, **changes: Any) -> Stamped:
    """Approve a claim as the owner."""
    settings: dict[str, Any] = {
        "shop_id": shop.id,
        "claim_id": claim_id,
        "staff_id": shop.owner_id,
        "once": factories.once(),
        "now": factories.now(),
    }
    return claim.approve(**settings | changes)


def state_of(claim_id: int) -> str:
    """Return what became of a claim."""
    db.session.rollback()
    return str(db.session.scalar(db.select(Claim.state).where(Claim.id == claim_id)))


def test_ask_and_approve(shop: AShop, minho: ACustomer) -> None:
    asked = factories.a_claim(shop, minho)
    assert asked.word
    done = approve(shop, asked.claim_id)
    assert (done.balance, done.repeated, state_of(asked.claim_id)) == (1, False, "approved")
    books.check(shop)


def test_asking_again_is_the_same_claim(shop: AShop, minho: ACustomer) -> None:
    assert factories.a_claim(shop, minho) == factories.a_claim(shop, minho)


def test_approving_twice_is_one_stamp(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    asked = factories.a_claim(shop, minho)
    first = approve(shop, asked.claim_id)
    clock.advance(hours=1)
    again = approve(shop, asked.claim_id)
    assert (again.entry_id, again.repeated, again.balance) == (first.entry_id, True, 1)
    books.check(shop)


def test_a_refused_claim_is_over(shop: AShop, minho: ACustomer) -> None:
    asked = factories.a_claim(shop, minho)
    claim.refuse(shop_id=shop.id, claim_id=asked.claim_id, staff_id=shop.owner_id, now=factories.now())
    for late in (
        approve,
        lambda s, c: claim.refuse(shop_id=s.id, claim_id=c, staff_id=s.owner_id, now=factories.now()),
    ):
        with pytest.raises(ClaimGone):
            late(shop, asked.claim_id)
    assert books.stamps_on(minho.card_id) == 0
    assert factories.a_claim(shop, minho).claim_id != asked.claim_id, "they may ask again"


def test_too_soon_leaves_the_claim_waiting_for_a_reason(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    factories.a_stamp(shop, minho.card_id)
    clock.advance(minutes=2)
    asked = factories.a_claim(shop, minho)
    with pytest.raises(TooSoon):
        approve(shop, asked.claim_id)
    assert state_of(asked.claim_id) == "waiting"
    assert approve(shop, asked.claim_id, override_reason="빠뜨린 도장").balance == 2


def test_a_claim_waits_until_the_shop_closes(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    asked = factories.a_claim(shop, minho)
    clock.set(datetime(2026, 11, 23, 12, 59, 59, tzinfo=UTC))  # 21:59:59 in Korea, closing is 22:00
    assert claim.expire_due(now=clock()) == 0
    clock.advance(seconds=1)
    with pytest.raises(ClaimGone):
        approve(shop, asked.claim_id)
    assert claim.expire_due(now=clock()) == 1
    assert state_of(asked.claim_id) == "expired"


def test_a_claim_that_ran_out_does_not_block_the_next(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    """The clock may be late: the customer comes the next morning and taps again."""
    old = factories.a_claim(shop, minho)
    clock.advance(hours=20)
    new = factories.a_claim(shop, minho)
    assert new.claim_id != old.claim_id
    assert approve(shop, new.claim_id).balance == 1


def test_words_are_never_shared(shop: AShop) -> None:
    words = [factories.a_claim(shop, factories.a_customer(shop)).word for _ in range(12)]
    assert len(set(words)) == 12


def test_another_shops_claim_does_not_exist(shop: AShop, other_shop: AShop, minho: ACustomer) -> None:
    asked = factories.a_claim(shop, minho)
    with pytest.raises(NotHere):
        approve(other_shop, asked.claim_id)
    with pytest.raises(ClaimGone):
        claim.refuse(
            shop_id=other_shop.id, claim_id=asked.claim_id, staff_id=other_shop.owner_id, now=factories.now()
        )
    with pytest.raises(NotHere):
        claim.ask(shop_id=other_shop.id, card_id=minho.card_id, once=factories.once(), now=factories.now())
    assert state_of(asked.claim_id) == "waiting"


def test_another_persons_key_shows_no_claim(shop: AShop, minho: ACustomer) -> None:
    once = factories.once()
    claim.ask(shop_id=shop.id, card_id=minho.card_id, once=once, now=factories.now())
    second = factories.a_customer(shop)
    with pytest.raises(NotHere):
        claim.ask(shop_id=shop.id, card_id=second.card_id, once=once, now=factories.now())


def test_a_person_who_left_cannot_be_approved(shop: AShop, minho: ACustomer) -> None:
    asked = factories.a_claim(shop, minho)
    privacy.erase(shop_id=shop.id, customer_id=minho.id, now=factories.now())
    with pytest.raises(ClaimGone):
        approve(shop, asked.claim_id)


def test_twenty_taps_at_once_are_one_claim(app: Flask, shop: AShop, minho: ACustomer) -> None:
    found = world.all_at_once(app, [lambda: factories.a_claim(shop, minho)] * 20)
    assert [each for each in found if not isinstance(each, Asked)] == []
    assert len({each.claim_id for each in found}) == 1


def test_twenty_approvals_at_once_are_one_stamp(app: Flask, shop: AShop, minho: ACustomer) -> None:
    asked = factories.a_claim(shop, minho)
    found = world.all_at_once(app, [lambda: approve(shop, asked.claim_id)] * 20)
    assert [each for each in found if not isinstance(each, Stamped)] == []
    assert len({each.entry_id for each in found}) == 1
    assert sum(not each.repeated for each in found) == 1
    books.check(shop)


def test_one_approves_while_another_refuses(app: Flask, shop: AShop) -> None:
    for _ in range(5):
        asked = factories.a_claim(shop, factories.a_customer(shop))

        def refuse(claim_id: int = asked.claim_id) -> None:
            claim.refuse(shop_id=shop.id, claim_id=claim_id, staff_id=shop.owner_id, now=factories.now())

        def yes(claim_id: int = asked.claim_id) -> Stamped:
            return approve(shop, claim_id)

        found = world.all_at_once(app, [yes, refuse] * 3)
        unexpected = [each for each in found if not isinstance(each, Stamped | ClaimGone | None)]
        assert unexpected == []
        stamped = any(isinstance(each, Stamped) for each in found)
        assert state_of(asked.claim_id) == ("approved" if stamped else "declined")
        books.check(shop)


@pytest.mark.databases("sqlite")
def test_a_shop_s_first_claim_does_not_read_its_whole_ledger(shop: AShop, minho: ACustomer) -> None:
    for _ in range(30):
        factories.a_stamp(shop, factories.a_customer(shop).card_id)
    asked = factories.a_claim(shop, minho)
    session = db.session
    session.execute(db.text("ANALYZE"))  # until now no stamp answered a claim; rolled back with the rest
    claim_row = session.scalars(db.select(Claim).where(Claim.id == asked.claim_id)).one()
    run: list[tuple[str, Any]] = []

    def note(*args: Any) -> None:
        run.append((args[2], args[3]))

    db.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert ledger.entry_by_claim(session, claim=claim_row) is None
    finally:
        db.event.remove(db.engine, "before_cursor_execute", note)
    ((statement, values),) = run
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    assert [row[-1] for row in plan if "SEARCH ledger_entries USING INDEX" not in row[-1]] == []
