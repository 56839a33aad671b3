"""A stamp lands once, whoever taps how often, and the ledger explains every balance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.cards.models import Claim, LedgerEntry, Reward
from app.cards.rules import (
    AlreadyUsed,
    ForeignCode,
    NothingToUndo,
    OldCode,
    OverCap,
    TooSoon,
    UnknownCode,
)
from app.extensions import db
from app.flows import claim, redeem, stamp
from app.flows.stamp import Stamped
from app.flows.undo import undo_stamp
from app.kit.refusals import NotHere
from app.messages.models import Message
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.world import Clock


def scan(shop: AShop, code: str, **changes: Any) -> Stamped:
    """Scan a code at the counter."""
    settings: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "once": factories.once(),
        "now": factories.now(),
        "master": factories.master(),
        "how": "scan",
        "code": code,
    }
    return stamp.give(**settings | changes)


def test_a_scan_brings_a_stamp_a_visit_and_its_messages(shop: AShop, jiwoo: ACustomer) -> None:
    done = scan(shop, factories.a_code(jiwoo))
    assert (done.balance, done.goal, done.filled, done.repeated) == (1, 10, False, False)
    person = factories.a_person(jiwoo.id)
    assert (person.visit_count, person.first_visit_at) == (1, factories.now())
    causes = set(db.session.scalars(db.select(Message.cause).where(Message.customer_id == jiwoo.id)))
    assert f"stamp:{done.entry_id}" in causes
    assert any(cause.startswith("visit:") for cause in causes)
    books.check(shop)


def test_the_same_key_gives_the_same_answer(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    code, once = factories.a_code(minho), factories.once()
    first = scan(shop, code, once=once)
    clock.advance(hours=5)
    again = scan(shop, code, once=once)
    assert (again.entry_id, again.balance, again.repeated) == (first.entry_id, 1, True)
    books.check(shop)


def test_a_code_opens_once(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    code = factories.a_code(minho)
    scan(shop, code)
    clock.advance(seconds=6)  # past the hard window, the code itself is still young
    with pytest.raises(AlreadyUsed):
        scan(shop, code)
    assert books.stamps_on(minho.card_id) == 1


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("seconds", "good"), [(-30, True), (0, True), (29, True), (59, True), (91, False), (-91, False)]
)
def test_a_code_is_good_for_a_minute_around_its_time(
    shop: AShop, minho: ACustomer, clock: Clock, seconds: int, good: bool
) -> None:
    clock.set(world.START.replace(second=0))
    code = factories.a_code(minho)
    clock.advance(seconds=seconds)
    if good:
        assert scan(shop, code).balance == 1
    else:
        with pytest.raises(OldCode):
            scan(shop, code)


def test_a_code_of_another_card_or_shop_opens_nothing(
    shop: AShop, other_shop: AShop, minho: ACustomer
) -> None:
    foreign = factories.a_customer(other_shop)
    with pytest.raises(ForeignCode):
        scan(shop, factories.a_code(foreign))
    ref = factories.a_code(minho).split(".")[1]
    mac = factories.a_code(factories.a_customer(shop)).split(".")[2]
    with pytest.raises(OldCode):
        scan(shop, f"D1.{ref}.{mac}")
    assert books.stamps_on(minho.card_id) == books.stamps_on(foreign.card_id) == 0


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "text",
    ["", " ", "https://dangol.test/s/ABC", "D1", "D1..", "D1.AAAAAAAAAA.", "D2.AAAAAAAAAA.AAAAAAAAAA", "D1.AAAA.AAAAAAAAA0",
     "🙂" * 50, "D1.AAAAAAAAAA.AAAAAAAAAA.AAAAAAAAAA", "x" * 4000, "D1.' OR 1=1 --.AAAAAAAAAA"],
)  # fmt: skip
def test_what_is_no_code_is_told_apart(shop: AShop, text: str) -> None:
    with pytest.raises(UnknownCode) as refused:
        scan(shop, text)
    assert refused.value.sentence.endswith("찍어 주세요.")


def test_a_second_tap_within_seconds_is_the_same_tap(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    first = scan(shop, factories.a_code(minho))
    clock.advance(seconds=4)
    again = factories.a_stamp(shop, minho.card_id, override_reason=None)
    assert again.repeated
    assert again.entry_id == first.entry_id
    assert books.stamps_on(minho.card_id) == 1


def test_soon_after_needs_a_reason(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    factories.a_stamp(shop, minho.card_id)
    clock.advance(minutes=3)
    with pytest.raises(TooSoon) as refused:
        factories.a_stamp(shop, minho.card_id, override_reason=None)
    assert refused.value.sentence == "3분 전에 도장을 찍었어요. 한 번 더 찍을까요?"
    assert refused.value.card_id == minho.card_id
    assert books.count("refuse", minho.card_id) == 1, "the attempt is written down"
    assert factories.a_stamp(shop, minho.card_id, override_reason="일행 것까지").balance == 2
    assert factories.a_stamp(shop, minho.card_id, how="more", override_reason=None).balance == 3
    clock.advance(minutes=10)
    assert factories.a_stamp(shop, minho.card_id, override_reason=None).balance == 4
    books.check(shop)


def test_a_day_has_a_cap_that_no_reason_passes(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    for _ in range(5):
        factories.a_stamp(shop, minho.card_id)
        clock.advance(minutes=20)
    with pytest.raises(OverCap):
        factories.a_stamp(shop, minho.card_id)
    clock.set(world.START + timedelta(hours=9, minutes=10))  # 23:59 in Korea
    with pytest.raises(OverCap):
        factories.a_stamp(shop, minho.card_id)
    clock.advance(minutes=2)
    assert factories.a_stamp(shop, minho.card_id).balance == 6
    books.check(shop)


def test_a_full_card_brings_a_reward_and_begins_again(shop: AShop) -> None:
    holder, reward_id = factories.a_reward(shop)
    reward = db.session.scalars(db.select(Reward).where(Reward.id == reward_id)).one()
    assert (reward.name, factories.a_card(holder.card_id).balance) == ("아메리카노 한 잔", 0)
    books.check(shop)


def test_undo_is_a_line_of_its_own(shop: AShop, jiwoo: ACustomer) -> None:
    done = factories.a_stamp(shop, jiwoo.card_id)
    assert (
        undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=done.entry_id, now=factories.now())
        == jiwoo.card_id
    )
    assert factories.a_card(jiwoo.card_id).balance == 0
    assert [books.count(kind, jiwoo.card_id) for kind in ("earn", "reverse")] == [1, 1]
    assert factories.a_person(jiwoo.id).visit_count == 0
    states = set(
        db.session.scalars(db.select(Message.state).where(Message.cause == f"stamp:{done.entry_id}"))
    )
    assert states == {"cancelled"}
    with pytest.raises(NothingToUndo):
        undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=done.entry_id, now=factories.now())
    books.check(shop)


def test_undoing_the_tenth_stamp_takes_the_reward_back(shop: AShop) -> None:
    holder, reward_id = factories.a_reward(shop)
    last = db.session.scalar(
        db.select(LedgerEntry.id)
        .where(LedgerEntry.card_id == holder.card_id, LedgerEntry.kind == "earn")
        .order_by(LedgerEntry.id.desc())
    )
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=int(last or 0), now=factories.now())
    assert factories.a_card(holder.card_id).balance == 9
    db.session.rollback()
    assert db.session.scalars(db.select(Reward).where(Reward.id == reward_id)).one().withdrawn_at is not None
    books.check(shop)


def test_a_used_reward_stays_when_its_stamp_is_undone(shop: AShop, clock: Clock) -> None:
    holder, reward_id = factories.a_reward(shop)
    redeem.use_reward(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        reward_id=reward_id,
        once=factories.once(),
        how="live_card",
        now=clock(),
    )
    last = db.session.scalar(
        db.select(LedgerEntry.id)
        .where(LedgerEntry.card_id == holder.card_id, LedgerEntry.kind == "earn")
        .order_by(LedgerEntry.id.desc())
    )
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=int(last or 0), now=clock())
    assert factories.a_card(holder.card_id).balance == -1, "the next stamp is owed"
    books.check(shop)


def test_another_shops_cards_and_entries_do_not_exist(shop: AShop, other_shop: AShop) -> None:
    theirs = factories.a_customer(other_shop)
    done = factories.a_stamp(other_shop, theirs.card_id)
    with pytest.raises(NotHere):
        factories.a_stamp(shop, theirs.card_id)
    with pytest.raises(NothingToUndo):
        undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=done.entry_id, now=factories.now())
    # Once-keys belong to a shop: the same key in another shop is another key.
    mine = factories.a_customer(shop)
    once = factories.once()
    factories.a_stamp(other_shop, theirs.card_id, once=once, how="more")
    assert factories.a_stamp(shop, mine.card_id, once=once).repeated is False


def test_a_key_of_another_card_does_not_stamp(shop: AShop, minho: ACustomer) -> None:
    second, once = factories.a_customer(shop), factories.once()
    factories.a_stamp(shop, minho.card_id, once=once)
    assert factories.a_stamp(shop, second.card_id, once=once).repeated
    assert books.stamps_on(second.card_id) == 0


# --- many at once ----------------------------------------------------------------------------------


def test_fifty_scans_of_one_code_are_one_stamp(app: Flask, shop: AShop, minho: ACustomer) -> None:
    code = factories.a_code(minho)
    found = world.all_at_once(app, [lambda: scan(shop, code)] * 50)
    fresh = [each for each in found if isinstance(each, Stamped) and not each.repeated]
    rest = [each for each in found if not isinstance(each, Stamped | AlreadyUsed)]
    assert (len(fresh), rest) == (1, [])
    assert (books.stamps_on(minho.card_id), books.codes_spent(minho.card_id)) == (1, 1)
    books.check(shop)


def test_fifty_different_steps_without_limits_are_five_rewards(app: Flask) -> None:
    shop = factories.a_shop(goal=10, **factories.no_limits())
    holder = factories.a_customer(shop)
    moments = [world.START + timedelta(seconds=30 * step) for step in range(50)]
    codes = [factories.a_code(holder, at=moment) for moment in moments]
    found = world.all_at_once(
        app,
        [
            lambda code=code, moment=moment: scan(shop, code, now=moment)
            for code, moment in zip(codes, moments, strict=True)
        ],
    )
    assert [each for each in found if not isinstance(each, Stamped)] == []
    assert sum(each.filled for each in found) == 5
    rewards = db.session.scalar(db.select(db.func.count(Reward.id)).where(Reward.card_id == holder.card_id))
    assert (rewards, factories.a_card(holder.card_id).balance) == (5, 0)
    books.check(shop)


def test_one_key_at_once_is_one_stamp(app: Flask, shop: AShop, minho: ACustomer) -> None:
    once = factories.once()
    found = world.all_at_once(
        app, [lambda: factories.a_stamp(shop, minho.card_id, once=once, how="more")] * 12
    )
    assert [each for each in found if not isinstance(each, Stamped)] == []
    assert len({each.entry_id for each in found}) == 1
    books.check(shop)


def test_one_undo_of_twelve_counts(app: Flask, shop: AShop, minho: ACustomer) -> None:
    done = factories.a_stamp(shop, minho.card_id)
    moment = factories.now()

    def undo() -> Any:
        return undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=done.entry_id, now=moment)

    found = world.all_at_once(app, [undo] * 12)
    assert sum(isinstance(each, NothingToUndo) for each in found) == 11
    books.check(shop)


def test_many_people_at_once_each_get_theirs(app: Flask, shop: AShop) -> None:
    people = [factories.a_customer(shop) for _ in range(20)]
    found = world.all_at_once(app, [lambda who=who: factories.a_stamp(shop, who.card_id) for who in people])
    assert [each.balance for each in found] == [1] * 20
    books.check(shop)


def test_the_letter_tells_of_the_full_card(shop: AShop) -> None:
    who = factories.a_card_with(9, shop)
    done = factories.a_stamp(shop, who.card_id, at=factories.now() + timedelta(days=1))
    facts = db.session.scalar(db.select(Message.facts).where(Message.cause == f"stamp:{done.entry_id}"))
    assert (done.balance, facts["balance"]) == (0, 10)


def test_undoing_an_older_stamp_leaves_a_reward_that_is_still_earned(shop: AShop) -> None:
    who, _reward = factories.a_reward(shop)
    filling = books.last_stamp(who.card_id)
    for day in (1, 2):
        factories.a_stamp(shop, who.card_id, at=factories.now() + timedelta(days=40 + day))
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=filling, now=factories.now())
    assert factories.a_card(who.card_id).balance == 1
    assert db.session.scalar(db.select(Reward.withdrawn_at).where(Reward.card_id == who.card_id)) is None
    books.check(shop)


def test_undoing_any_stamp_below_the_reward_takes_it_back(shop: AShop) -> None:
    who, _reward = factories.a_reward(shop)
    first = db.session.scalar(
        db.select(db.func.min(LedgerEntry.id)).where(
            LedgerEntry.card_id == who.card_id, LedgerEntry.kind == "earn"
        )
    )
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=first, now=factories.now())
    assert factories.a_card(who.card_id).balance == 9
    assert db.session.scalar(db.select(Reward.withdrawn_at).where(Reward.card_id == who.card_id)) is not None
    books.check(shop)


def test_a_stamp_given_another_way_answers_the_waiting_claim(shop: AShop, jiwoo: ACustomer) -> None:
    asked = factories.a_claim(shop, jiwoo)
    done = scan(shop, factories.a_code(jiwoo))
    row = db.session.execute(db.select(Claim.state, Claim.entry_id).where(Claim.id == asked.claim_id)).one()
    assert tuple(row) == ("approved", done.entry_id)


def test_a_key_of_another_card_is_no_stamp(shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    once = factories.once()
    scan(shop, factories.a_code(jiwoo), once=once)
    asked = factories.a_claim(shop, minho)
    with pytest.raises(AlreadyUsed):
        claim.approve(
            shop_id=shop.id, claim_id=asked.claim_id, staff_id=shop.owner_id, once=once, now=factories.now()
        )
    assert books.stamps_on(minho.card_id) == 0
