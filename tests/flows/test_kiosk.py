"""손님용 태블릿: a number becomes a claim, one without a card the same answer, and nothing more opens there."""

from __future__ import annotations

import pytest
from flask import Flask

from app.cards import counter
from app.cards import kiosk as reads
from app.cards.models import Claim, LedgerEntry
from app.extensions import db
from app.flows import claim, kiosk, retention
from app.flows.kiosk import CallGone, TooManyCalls
from app.flows.sharing import NothingToProve
from app.kit.refusals import Invalid, NotHere
from app.shops import signins
from app.shops.models import KioskCall
from tests import factories, world
from tests.factories import AShop
from tests.flows import books
from tests.world import Clock

NUMBER = "010-2222-3456"


def call(shop: AShop, kiosk_id: int, typed: str = "2222 3456", once: str = "") -> str:
    """Type a number at the tablet."""
    return kiosk.call(
        shop_id=shop.id, kiosk_id=kiosk_id, typed=typed, once=once or factories.once(), now=factories.now()
    )


def seen(shop: AShop, kiosk_id: int, ref: str) -> reads.CallState | None:
    """Return what the tablet shows."""
    db.session.rollback()
    return reads.call_state(shop_id=shop.id, kiosk_id=kiosk_id, ref=ref, now=factories.now())


def approve(shop: AShop) -> None:
    """Approve the claim that waits, as the owner."""
    [waiting] = counter.waiting_claims(shop_id=shop.id, now=factories.now())
    claim.approve(
        shop_id=shop.id,
        claim_id=waiting.id,
        staff_id=shop.owner_id,
        once=factories.once(),
        now=factories.now(),
    )


def test_a_number_a_word_a_stamp(shop: AShop, clock: Clock) -> None:
    person = factories.a_customer(shop, name="한지우", phone=NUMBER)
    tablet, _token = factories.a_kiosk(shop)
    ref = call(shop, tablet)
    shown = seen(shop, tablet, ref)
    [waiting] = counter.waiting_claims(shop_id=shop.id, now=factories.now())
    assert shown is not None
    assert (shown.state, shown.word, waiting.via) == ("waiting", waiting.word, "kiosk")
    approve(shop)
    shown = seen(shop, tablet, ref)
    assert shown is not None
    assert (shown.state, shown.balance, shown.goal) == ("stamped", 1, 10)
    assert (
        db.session.scalar(db.select(LedgerEntry.how).where(LedgerEntry.card_id == person.card_id)) == "kiosk"
    )
    clock.advance(seconds=61)
    assert seen(shop, tablet, ref) is None, "nothing stays on the tablet"
    books.check(shop)


def test_a_number_without_a_card_looks_the_same_and_the_staff_is_told(shop: AShop, clock: Clock) -> None:
    tablet, _token = factories.a_kiosk(shop)
    ref = call(shop, tablet, "9999-0000")
    shown = seen(shop, tablet, ref)
    assert shown is not None
    assert (shown.state, bool(shown.word)) == ("waiting", True)
    assert counter.waiting_claims(shop_id=shop.id, now=factories.now()) == []
    [told] = reads.open_calls(shop_id=shop.id, now=factories.now())
    assert (told.word, told.tail) == (shown.word, "0000")
    kiosk.close_call(shop_id=shop.id, call_id=told.id, now=factories.now())
    with pytest.raises(CallGone):
        kiosk.close_call(shop_id=shop.id, call_id=told.id, now=factories.now())
    shown = seen(shop, tablet, ref)
    assert shown is not None
    assert shown.state == "over"
    assert db.session.scalar(db.select(KioskCall.tail)) == ""
    clock.advance(days=2)
    retention.prune(now=factories.now())
    assert db.session.scalar(db.select(db.func.count(KioskCall.id))) == 0


def test_a_refused_stamp_is_said_at_the_tablet(shop: AShop, clock: Clock) -> None:
    person = factories.a_customer(shop, phone=NUMBER)
    factories.a_stamp(shop, person.card_id)
    clock.advance(minutes=1)
    tablet, _token = factories.a_kiosk(shop)
    ref = call(shop, tablet)
    with pytest.raises(Exception, match="1분 전에 도장을 찍었어요"):
        approve(shop)
    shown = seen(shop, tablet, ref)
    assert shown is not None
    assert (shown.state, shown.refused) == ("waiting", "too_soon")


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("typed", ["", "2222", "2222-34567", "abcdefgh", "--------"])
def test_half_a_number_is_asked_again(shop: AShop, typed: str) -> None:
    tablet, _token = factories.a_kiosk(shop)
    with pytest.raises(Invalid, match="여덟 자리"):
        call(shop, tablet, typed)


def test_twice_and_at_once_is_one_claim(app: Flask, shop: AShop) -> None:
    factories.a_customer(shop, phone=NUMBER)
    tablet, _token = factories.a_kiosk(shop)
    found = world.all_at_once(app, [lambda: call(shop, tablet, once="the-same-key")] * 6)
    assert len(set(found)) == 1, found
    call(shop, tablet)
    assert db.session.scalar(db.select(db.func.count(Claim.id))) == 1


def test_numbers_are_not_tried_out(shop: AShop, clock: Clock) -> None:
    tablet, _token = factories.a_kiosk(shop)
    for number in range(kiosk.CALLS):
        call(shop, tablet, f"7777{number:04d}")
    with pytest.raises(TooManyCalls):
        call(shop, tablet)
    clock.advance(minutes=10, seconds=1)
    assert call(shop, tablet)


def test_on_and_off(shop: AShop, other_shop: AShop) -> None:
    token = factories.a_session(shop, shop.owner_id)
    facts = {"shop_id": shop.id, "staff_id": shop.owner_id, "session_token": token, "now": factories.now()}
    with pytest.raises(NothingToProve):
        kiosk.turn_on(**facts, user_agent="", is_secure=True)  # type: ignore[arg-type]
    factories.a_password(shop, shop.owner_id)
    made = kiosk.turn_on(**facts, user_agent="iPad", is_secure=True)  # type: ignore[arg-type]
    view = signins.kiosk_by_token(made, is_secure=True)
    assert view is not None
    assert view.shop.has("kiosk")
    assert signins.kiosk_by_token(made, is_secure=False) is None, (
        "what plain http carried opens nothing (S20)"
    )
    assert signins.browsers_of(shop.id, shop.owner_id, factories.now()) == []
    off = {"kiosk_id": view.id, "now": factories.now()}
    with pytest.raises(NotHere):
        kiosk.turn_off(**off, shop_id=other_shop.id, staff_id=other_shop.owner_id)  # type: ignore[arg-type]
    kiosk.turn_off(**off, shop_id=shop.id, staff_id=shop.owner_id)  # type: ignore[arg-type]
    with pytest.raises(NotHere):
        kiosk.turn_off(**off, shop_id=shop.id, staff_id=shop.owner_id)  # type: ignore[arg-type]
    assert signins.kiosk_by_token(made, is_secure=True) is None
    with pytest.raises(NotHere):
        call(shop, view.id)
    assert not factories.the_shop(shop).uses


def test_another_shops_tablet_knows_nothing(shop: AShop, other_shop: AShop) -> None:
    factories.a_customer(shop, phone=NUMBER)
    mine, _token = factories.a_kiosk(shop)
    theirs, _token = factories.a_kiosk(other_shop)
    ref = call(shop, mine)
    assert seen(other_shop, theirs, ref) is None
    call(other_shop, theirs)
    assert counter.waiting_claims(shop_id=other_shop.id, now=factories.now()) == []
    with pytest.raises(NotHere):
        call(other_shop, mine)
