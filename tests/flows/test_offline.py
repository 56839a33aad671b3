"""Stamps scanned without a network: once each, as of their own moment, or before the owner with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.cards import offline as reads
from app.cards import offline_rules
from app.cards.counter_models import OfflineEvent
from app.cards.models import LedgerEntry
from app.cards.offline_rules import Scan
from app.extensions import db
from app.flows import access, claim, merge, offline, stamp
from app.flows.offline import Decided, NoCard, Taken
from app.kit.refusals import NotHere
from tests import coupons, factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.world import Clock


@pytest.fixture
def session_id(shop: AShop) -> int:
    """The session of the owner's phone, which was online when the shop opened."""
    return factories.a_session_id(factories.a_session(shop, shop.owner_id))


def a_scan(session_id: int, shop: AShop, text: str, *, at: datetime | None = None, **changes: Any) -> Scan:
    """Keep a scan as the phone does: with an id of its own, signed with its session's key."""
    moment = at or factories.now()
    scan = Scan(factories.once(), session_id, text, int(moment.timestamp() * 1000), "")
    key = offline.scan_key(factories.master(), shop_id=shop.id, session_id=session_id)
    return replace(replace(scan, mac=offline_rules.mac_of(key, scan)), **changes)


def send(shop: AShop, *scans: Scan) -> list[Taken]:
    """Send what a phone kept."""
    return offline.take_in(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        scans=list(scans),
        master=factories.master(),
        now=factories.now(),
    )


def the_event(scan: Scan) -> OfflineEvent:
    db.session.rollback()
    return db.session.scalars(db.select(OfflineEvent).where(OfflineEvent.client_id == scan.client_id)).one()


def decide(shop: AShop, scan: Scan) -> dict[str, Any]:
    """What a decision about a scan needs."""
    return {
        "shop_id": shop.id,
        "offline_id": the_event(scan).id,
        "staff_id": shop.owner_id,
        "now": factories.now(),
    }


def uses_offline(shop: AShop) -> bool:
    return reads.WAITS in factories.the_shop(shop).uses.split()


def test_a_scan_counts_as_of_its_moment_and_only_once(
    clock: Clock, shop: AShop, jiwoo: ACustomer, session_id: int
) -> None:
    at = factories.now()
    scan = a_scan(session_id, shop, factories.a_code(jiwoo))
    clock.advance(hours=3)
    assert send(shop, scan) == [Taken(scan.client_id, "stamped", "")]
    assert send(shop, scan, scan) == [Taken(scan.client_id, "stamped", "")] * 2
    (entry,) = db.session.scalars(db.select(LedgerEntry).where(LedgerEntry.card_id == jiwoo.card_id))
    assert (entry.at, entry.how, entry.delta, entry.once) == (at, "offline", 1, scan.client_id)
    assert factories.a_person(jiwoo.id).last_visit_at == at
    assert not uses_offline(shop)
    books.check(shop)


def test_the_same_scans_from_two_tabs_at_once(app: Flask, shop: AShop, session_id: int) -> None:
    people = [factories.a_customer(shop) for _ in range(4)]
    scans = [a_scan(session_id, shop, factories.a_code(who)) for who in people]
    listed = a_scan(session_id, shop, "D1.2222222222.AAAAAAAAAA")
    found = world.all_at_once(app, [lambda: send(shop, *scans, listed)] * 4)
    answer = [Taken(scan.client_id, "stamped", "") for scan in scans]
    assert found == [[*answer, Taken(listed.client_id, "listed", "foreign_code")]] * 4
    assert [books.stamps_on(who.card_id) for who in people] == [1] * 4
    assert reads.listed_count(shop.id) == 1
    books.check(shop)


def test_a_stamp_that_came_through_before_its_answer_was_lost(
    clock: Clock, shop: AShop, minho: ACustomer, session_id: int
) -> None:
    code = factories.a_code(minho)
    scan = a_scan(session_id, shop, code)
    stamp.give(
        shop_id=shop.id, staff_id=shop.owner_id, once=scan.client_id, now=factories.now(),
        master=factories.master(), how="scan", code=code,
    )  # fmt: skip
    clock.advance(minutes=30)
    assert send(shop, scan) == [Taken(scan.client_id, "stamped", "")]
    assert books.stamps_on(minho.card_id) == 1


Table = Callable[["AShop", "AShop", ACustomer, int], Scan]
_DAY = timedelta(hours=24, minutes=1)


def _signed_out(shop: AShop, _other: AShop, who: ACustomer, session_id: int) -> Scan:
    access.end_browser(
        shop_id=shop.id, staff_id=shop.owner_id, session_id=session_id, now=factories.now() - timedelta(hours=1)
    )  # fmt: skip
    return a_scan(session_id, shop, factories.a_code(who))


def _used(shop: AShop, _other: AShop, who: ACustomer, session_id: int) -> Scan:
    send(shop, a_scan(session_id, shop, factories.a_code(who)))
    # A bit later than the cooldown allows is no question here: the code itself is spent.
    return a_scan(session_id, shop, factories.a_code(who))


def _over_the_cap(shop: AShop, _other: AShop, who: ACustomer, session_id: int) -> Scan:
    for number in range(1, 6):
        factories.a_stamp(shop, who.card_id, at=factories.now() - timedelta(minutes=20 * number))
    return a_scan(session_id, shop, factories.a_code(who))


def _too_soon(shop: AShop, _other: AShop, who: ACustomer, session_id: int) -> Scan:
    """A stamp with a network stands three minutes after the scan that comes in now, another hours later."""
    factories.a_stamp(shop, who.card_id, at=factories.now() - timedelta(hours=1))
    factories.a_stamp(shop, who.card_id)
    at = factories.now() - timedelta(hours=1, minutes=3)
    return a_scan(session_id, shop, factories.a_code(who, at=at), at=at)


def _at(moment: timedelta) -> Table:
    def make(shop: AShop, _other: AShop, who: ACustomer, session_id: int) -> Scan:
        at = factories.now() - moment
        return a_scan(session_id, shop, factories.a_code(who, at=at), at=at)

    return make


WRONG: dict[str, tuple[Table, bool]] = {
    "late": (_at(_DAY), True),
    "clock": (_at(-timedelta(minutes=3)), True),
    "over_cap": (_over_the_cap, True),
    "too_soon": (_too_soon, True),
    "already_used": (_used, True),
    "old_code": (
        lambda shop, _o, who, seat: a_scan(
            seat, shop, factories.a_code(who, at=factories.now() - timedelta(minutes=5))
        ),
        True,
    ),
    "unsigned": (lambda shop, _o, who, seat: a_scan(seat, shop, factories.a_code(who), mac="0" * 64), True),
    "signed_out": (_signed_out, True),
    "foreign_code": (
        lambda shop, other, _w, seat: a_scan(seat, shop, factories.a_code(factories.a_customer(other))),
        False,
    ),
    "unknown_code": (lambda shop, _o, _w, seat: a_scan(seat, shop, "https://example.com/"), False),
}


@pytest.mark.parametrize("reason", WRONG)
def test_what_does_not_count_by_itself_waits_with_its_reason(
    clock: Clock, shop: AShop, other_shop: AShop, minho: ACustomer, reason: str
) -> None:
    clock.advance(days=-2)
    session_id = factories.a_session_id(factories.a_session(shop, shop.owner_id))
    clock.advance(days=2)
    make, knows_card = WRONG[reason]
    scan = make(shop, other_shop, minho, session_id)
    before = books.stamps_on(minho.card_id)
    assert send(shop, scan) == [Taken(scan.client_id, "listed", reason)]
    assert send(shop, scan) == [Taken(scan.client_id, "listed", reason)]
    assert books.stamps_on(minho.card_id) == before
    assert books.count("refuse", minho.card_id) == 0, "nobody has refused it yet"
    (shown,) = reads.listed(shop.id)
    assert (shown.card_id is not None, shown.reason) == (knows_card, reason)
    assert offline_rules.why(reason) != offline_rules.OTHERWISE
    assert uses_offline(shop)
    if not knows_card:
        with pytest.raises(NoCard):
            offline.approve(**decide(shop, scan))
    else:
        assert reads.checking(shop_id=shop.id, card_id=minho.card_id) == [shown.scanned_at]
        # The owner looked at it: no limit holds it up, and it stands where it was scanned.
        assert offline.approve(**decide(shop, scan)) == offline.approve(**decide(shop, scan)) == minho.card_id
        assert books.stamps_on(minho.card_id) == before + 1
        entry = db.session.scalars(
            db.select(LedgerEntry).where(LedgerEntry.id == the_event(scan).entry_id)
        ).one()
        assert (entry.at, entry.how, entry.reason) == (shown.scanned_at, "offline", "사장님 확인")
        assert not uses_offline(shop)
        with pytest.raises(Decided):
            offline.refuse(**decide(shop, scan))
    books.check(shop)


def test_two_owners_decide_at_once(app: Flask, shop: AShop, minho: ACustomer, session_id: int) -> None:
    stamped = a_scan(session_id, shop, factories.a_code(minho), mac="0" * 64)
    torn = a_scan(session_id, shop, factories.a_code(minho, at=factories.now() + timedelta(seconds=30)), mac="1" * 64)  # fmt: skip
    send(shop, stamped, torn)
    assert (
        world.all_at_once(app, [lambda: offline.approve(**decide(shop, stamped))] * 6) == [minho.card_id] * 6
    )
    assert books.stamps_on(minho.card_id) == 1
    yes, no = (lambda: offline.approve(**decide(shop, torn))), (lambda: offline.refuse(**decide(shop, torn)))
    found = world.all_at_once(app, [yes, no] * 3)
    won = the_event(torn).state
    assert [isinstance(each, Decided) for each in found] == [won == "refused", won == "stamped"] * 3
    assert not uses_offline(shop)
    books.check(shop)


def test_refused_once_and_told(shop: AShop, minho: ACustomer, session_id: int) -> None:
    scan = a_scan(session_id, shop, factories.a_code(minho), mac="0" * 64)
    send(shop, scan)
    offline.refuse(**decide(shop, scan))
    offline.refuse(**decide(shop, scan))
    assert (books.count("refuse", minho.card_id), books.stamps_on(minho.card_id)) == (1, 0)
    assert reads.checking(shop_id=shop.id, card_id=minho.card_id) == []
    with pytest.raises(Decided):
        offline.approve(**decide(shop, scan))
    assert send(shop, scan) == [Taken(scan.client_id, "refused", "unsigned")]


def test_another_shop_neither_sends_nor_decides(
    shop: AShop, other_shop: AShop, minho: ACustomer, session_id: int
) -> None:
    scan = a_scan(session_id, shop, factories.a_code(minho), mac="0" * 64)
    send(shop, scan)
    for decided in (offline.approve, offline.refuse):
        with pytest.raises(NotHere):
            decided(**decide(shop, scan) | {"shop_id": other_shop.id})
    # The neighbour sends our phone's scan as its own: no session of theirs, no card of theirs.
    stolen = a_scan(session_id, shop, factories.a_code(minho))
    (answer,) = send(other_shop, stolen)
    assert (answer.state, answer.reason) == ("listed", "unsigned")
    assert books.stamps_on(minho.card_id) == 0
    assert [row.card_id for row in reads.listed(other_shop.id)] == [None]


def test_a_late_stamp_answers_nobody_who_asked_since(
    clock: Clock, shop: AShop, minho: ACustomer, session_id: int
) -> None:
    scan = a_scan(session_id, shop, factories.a_code(minho))
    clock.advance(hours=4)
    asked = factories.a_claim(shop, minho)
    assert send(shop, scan)[0].state == "stamped"
    claim.approve(
        shop_id=shop.id,
        claim_id=asked.claim_id,
        staff_id=shop.owner_id,
        once=factories.once(),
        now=factories.now(),
    )
    assert books.stamps_on(minho.card_id) == 2
    books.check(shop)


def test_a_printed_card_scanned_without_a_network(shop: AShop, minho: ACustomer, session_id: int) -> None:
    scan = a_scan(session_id, shop, factories.a_printed_code(minho))
    assert send(shop, scan)[0].state == "stamped"
    db.session.rollback()
    assert (
        db.session.scalar(db.select(LedgerEntry.how).where(LedgerEntry.once == scan.client_id)) == "printed"
    )


def test_a_visit_that_was_noted_since_is_the_same_one(
    clock: Clock, shop: AShop, minho: ACustomer, session_id: int
) -> None:
    scan = a_scan(session_id, shop, factories.a_code(minho))
    clock.advance(hours=2)
    factories.a_stamp(shop, minho.card_id)
    assert send(shop, scan) == [Taken(scan.client_id, "stamped", "")]
    assert (books.stamps_on(minho.card_id), factories.a_person(minho.id).visit_count) == (2, 1)
    books.check(shop)


def test_stamps_of_a_coupon_hold_no_scan_up(
    clock: Clock, shop: AShop, minho: ACustomer, session_id: int
) -> None:
    scan = a_scan(session_id, shop, factories.a_code(minho))
    clock.advance(minutes=2)
    coupons.use(shop, coupons.a_coupon(shop, minho, gives="extra", value="2", name=""))
    assert send(shop, scan) == [Taken(scan.client_id, "stamped", "")]
    assert books.stamps_on(minho.card_id) == 3


def test_scans_of_a_card_that_went_into_another_stamp_that_one(
    clock: Clock, shop: AShop, jiwoo: ACustomer, minho: ACustomer, session_id: int
) -> None:
    sent, kept = a_scan(session_id, shop, factories.a_code(minho), mac="0" * 64), []
    for _each in range(2):
        clock.advance(minutes=11)
        kept.append(a_scan(session_id, shop, factories.a_code(minho)))
    send(shop, sent)
    third = factories.a_customer(shop)
    for gone, into in ((minho, third), (third, jiwoo)):
        merge.merge_people(
            shop_id=shop.id, kept_id=into.id, gone_id=gone.id, staff_id=shop.owner_id, now=factories.now()
        )
    assert send(shop, kept[0])[0].state == "stamped"
    (shown,) = reads.listed(shop.id)
    assert (shown.card_id, shown.name) == (jiwoo.card_id, "한지우")
    assert reads.checking(shop_id=shop.id, card_id=jiwoo.card_id) == [shown.scanned_at]
    assert offline.approve(**decide(shop, sent)) == jiwoo.card_id
    assert books.stamps_on(jiwoo.card_id) == 2
    send(shop, replace(kept[1], mac="0" * 64))
    offline.refuse(**decide(shop, kept[1]))
    assert books.count("refuse", jiwoo.card_id) == 1
    books.check(shop)
