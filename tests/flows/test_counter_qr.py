"""The counter's rotating QR: it opens a page for a minute and a half, and gives nothing by itself."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.flows import access, claim, counter_qr, kiosk
from app.flows.counter_qr import OldCounterCode
from app.shops.models import StaffSession
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.world import Clock


def a_screen(shop: AShop) -> str:
    """Sign the owner in and return the name of their screen."""
    return f"s{factories.a_session_id(factories.a_session(shop, shop.owner_id))}"


def code(shop: AShop, screen: str, ahead: int = 0) -> str:
    """Return a screen's code, `ahead` steps from now."""
    found = counter_qr.codes(
        shop_id=shop.id, screen=screen, master=factories.master(), now=factories.now(), steps=ahead + 1
    )
    return found[ahead]


def opened(shop: AShop, text: str) -> str:
    """Open a code as somebody's camera does."""
    return counter_qr.open_code(shop_id=shop.id, text=text, master=factories.master(), now=factories.now())


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("seconds", "is_good"), [(0, True), (59, True), (91, False), (3600, False)])
def test_a_code_lives_for_a_minute_and_a_half(shop: AShop, clock: Clock, seconds: int, is_good: bool) -> None:
    text = code(shop, a_screen(shop))
    clock.advance(seconds=seconds)
    if is_good:
        assert opened(shop, text).startswith("p")
    else:
        with pytest.raises(OldCounterCode):
            opened(shop, text)


def test_a_pass_leaves_time_to_join_and_no_more(shop: AShop, clock: Clock) -> None:
    passed = opened(shop, code(shop, a_screen(shop)))
    clock.advance(minutes=14)
    assert opened(shop, passed) == passed, "it is not made longer by looking"
    clock.advance(minutes=2)
    with pytest.raises(OldCounterCode):
        opened(shop, passed)


def test_no_other_code_opens(shop: AShop, other_shop: AShop) -> None:
    mine, theirs = a_screen(shop), a_screen(other_shop)
    good = code(shop, mine)
    bent = good[:-1] + ("2" if good[-1] != "2" else "3")
    passed = opened(shop, good)
    for text in ("", ".", "s1", "s1.", "x1.AAAAAAAAAAAA", "p", "p9999999999.", f"{passed}0", bent):
        with pytest.raises(OldCounterCode):
            opened(shop, text)
    for text in (code(other_shop, theirs), code(shop, "s999"), code(shop, "k1"), code(shop, theirs)):
        with pytest.raises(OldCounterCode):
            opened(shop, text)
    with pytest.raises(OldCounterCode):
        opened(other_shop, passed)


def test_a_screen_that_was_switched_off_opens_nothing(shop: AShop) -> None:
    token = factories.a_session(shop, shop.owner_id)
    number = factories.a_session_id(token)
    text = code(shop, f"s{number}")
    access.sign_out(token=token, now=factories.now())
    with pytest.raises(OldCounterCode):
        opened(shop, text)
    tablet, _token = factories.a_kiosk(shop)
    text = code(shop, f"k{tablet}")
    assert opened(shop, text)
    kiosk.turn_off(shop_id=shop.id, kiosk_id=tablet, staff_id=shop.owner_id, now=factories.now())
    with pytest.raises(OldCounterCode):
        opened(shop, text)
    assert db.session.scalar(db.select(db.func.count(StaffSession.id))) == 1


def test_it_becomes_the_same_claim(shop: AShop, minho: ACustomer) -> None:
    facts = {"shop_id": shop.id, "card_id": minho.card_id, "now": factories.now()}
    first = claim.ask(**facts, once=factories.once(), via="counter")  # type: ignore[arg-type]
    assert claim.ask(**facts, once=factories.once()) == first  # type: ignore[arg-type]
    claim.approve(
        shop_id=shop.id, claim_id=first.claim_id, staff_id=shop.owner_id, once=factories.once(),
        now=factories.now(), amount=4500,
    )  # fmt: skip
    assert books.stamps_on(minho.card_id) == 1
    books.check(shop)
