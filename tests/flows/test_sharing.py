"""One device, several people: whose hand it is, how often a PIN may be guessed, when it is asked again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import sharing, staff
from app.flows.sharing import NobodyElse, NoPin, NothingToProve, NotShared
from app.kit.refusals import Invalid, NotHere
from app.shops import queries
from app.shops.models import AuditLine, LoginTry, StaffSession
from app.shops.queries import StaffView
from app.shops.rules import PinUsedUp, TooManyPins
from tests import factories, world
from tests.factories import AShop
from tests.world import Clock

PIN = "4719"


@pytest.fixture
def jiwon(shop: AShop) -> int:
    """지원 works here and has the PIN 4719."""
    person = factories.a_staff(shop, name="지원")
    factories.a_pin(shop, person, PIN)
    return person


@pytest.fixture
def tablet(shop: AShop, jiwon: int) -> tuple[str, int]:
    """The shared tablet: its token and its session's row."""
    return factories.a_shared_device(shop)


def seen(token: str) -> StaffView:
    """Return whose device the guards see."""
    db.session.rollback()
    view = queries.staff_by_session(token, is_secure=True, now=factories.now())
    assert view is not None
    return view


def take(shop: AShop, session_id: int, staff_id: int, pin: str = PIN) -> None:
    """Type a PIN at the tablet."""
    sharing.take_turn(shop_id=shop.id, session_id=session_id, staff_id=staff_id, pin=pin, now=factories.now())


def test_nobody_stands_there_until_a_pin_is_typed(shop: AShop, tablet: tuple[str, int], jiwon: int) -> None:
    token, session_id = tablet
    view = seen(token)
    assert (view.is_shared, view.role, view.acting_until) == (True, queries.NOBODY, None)
    with pytest.raises(Invalid):
        take(shop, session_id, jiwon, "4718")
    assert seen(token).acting_until is None
    take(shop, session_id, jiwon)
    view = seen(token)
    assert (view.staff_id, view.name, view.role, view.holder_id) == (jiwon, "지원", "staff", shop.owner_id)


def test_an_owner_is_a_manager_at_the_tablet(shop: AShop, tablet: tuple[str, int]) -> None:
    token, session_id = tablet
    take(shop, session_id, shop.owner_id, "8305")
    assert (seen(token).staff_id, seen(token).role) == (shop.owner_id, "manager")


def test_the_turn_ends_by_itself_slides_and_ends_at_once(
    shop: AShop, tablet: tuple[str, int], jiwon: int, clock: Clock
) -> None:
    token, session_id = tablet
    take(shop, session_id, jiwon)
    begun = seen(token).acting_until
    assert begun == clock() + timedelta(minutes=10)
    about: dict[str, Any] = {"session_id": session_id, "staff_id": jiwon}
    clock.advance(seconds=59)
    sharing.still_here(**about, acting_until=begun, now=clock())
    assert seen(token).acting_until == begun, "written at most once a minute"
    clock.advance(seconds=2)
    sharing.still_here(**about, acting_until=begun, now=clock())
    assert seen(token).acting_until == clock() + timedelta(minutes=10)
    clock.advance(minutes=10)
    assert seen(token).acting_until is None
    take(shop, session_id, jiwon)
    for _ in range(2):
        sharing.end_turn(shop_id=shop.id, session_id=session_id)
        assert seen(token).acting_until is None
    # The hand that left does not come back by a late request of its own.
    sharing.still_here(**about, acting_until=clock(), now=clock())
    assert seen(token).acting_until is None


@pytest.mark.parametrize("leaves", ["new PIN", "let go"])
def test_a_new_pin_or_leaving_ends_the_turn(
    shop: AShop, tablet: tuple[str, int], jiwon: int, leaves: str
) -> None:
    token, session_id = tablet
    take(shop, session_id, jiwon)
    if leaves == "new PIN":
        factories.a_pin(shop, jiwon, "6094")
    else:
        staff.end_staff(shop_id=shop.id, staff_id=jiwon, by=shop.owner_id, now=factories.now())
    assert seen(token).acting_until is None
    with pytest.raises((Invalid, NotHere)):
        take(shop, session_id, jiwon)


def test_twenty_pins_at_once_count_twenty(
    app: Flask, shop: AShop, tablet: tuple[str, int], jiwon: int
) -> None:
    token, session_id = tablet
    now, key = factories.now(), f"pin:{session_id}:{jiwon}"

    def guess() -> None:
        sharing.take_turn(shop_id=shop.id, session_id=session_id, staff_id=jiwon, pin="0917", now=now)

    found = world.all_at_once(app, [guess] * 20)
    assert sum(isinstance(each, Invalid) for each in found) <= 5
    assert all(isinstance(each, Invalid | TooManyPins) for each in found)
    assert db.session.scalar(db.select(db.func.count(LoginTry.id)).where(LoginTry.key == key)) == 20
    with pytest.raises(TooManyPins):  # the right one does not help during the pause
        take(shop, session_id, jiwon)
    bursts = db.select(db.func.count(AuditLine.id)).where(AuditLine.what == "sign_in_failed")
    assert db.session.scalar(bursts) == 1, "once in a window"
    take(shop, session_id, shop.owner_id, "8305")  # somebody else is not paused
    assert seen(token).staff_id == shop.owner_id


def test_the_pause_is_five_minutes_and_a_day_has_an_end(
    shop: AShop, tablet: tuple[str, int], jiwon: int, clock: Clock
) -> None:
    _token, session_id = tablet
    for _ in range(6):
        for _ in range(5):
            with pytest.raises(Invalid):
                take(shop, session_id, jiwon, "0917")
        clock.advance(minutes=5, seconds=1)
    with pytest.raises(PinUsedUp):
        take(shop, session_id, jiwon)
    factories.a_pin(shop, jiwon, "6094")
    take(shop, session_id, jiwon, "6094")


def _alone(shop: AShop) -> None:
    factories.a_password(shop, shop.owner_id)


def _without_a_pin(shop: AShop) -> None:
    factories.a_staff(shop)
    factories.a_password(shop, shop.owner_id)


def _without_a_password(shop: AShop) -> None:
    factories.a_staff(shop)


@pytest.mark.parametrize(
    ("prepare", "refusal"),
    [(_alone, NobodyElse), (_without_a_pin, NoPin), (_without_a_password, NothingToProve)],
)
def test_what_sharing_needs(shop: AShop, prepare: Callable[[AShop], None], refusal: type[Exception]) -> None:
    prepare(shop)
    session_id = factories.a_session_id(factories.a_session(shop, shop.owner_id))
    with pytest.raises(refusal):
        sharing.turn_on(shop_id=shop.id, staff_id=shop.owner_id, session_id=session_id, now=factories.now())
    assert not db.session.scalar(db.select(StaffSession.is_shared).where(StaffSession.id == session_id))


def test_on_and_off_twice(shop: AShop, tablet: tuple[str, int]) -> None:
    token, session_id = tablet
    sharing.turn_on(shop_id=shop.id, staff_id=shop.owner_id, session_id=session_id, now=factories.now())
    sharing.turn_off(shop_id=shop.id, session_id=session_id, now=factories.now())
    with pytest.raises(NotShared):
        sharing.turn_off(shop_id=shop.id, session_id=session_id, now=factories.now())
    assert (seen(token).role, seen(token).is_shared) == ("owner", False)
    told = db.session.scalars(db.select(AuditLine.what).where(AuditLine.what.like("sharing%"))).all()
    assert sorted(told) == ["sharing_off", "sharing_on"]
    with pytest.raises(NotShared):
        take(shop, session_id, shop.owner_id, "8305")


def test_another_shops_device_and_people_are_not_here(
    shop: AShop, other_shop: AShop, tablet: tuple[str, int], jiwon: int
) -> None:
    _token, session_id = tablet
    stranger = factories.a_staff(other_shop)
    factories.a_pin(other_shop, stranger, PIN)
    about: dict[str, Any] = {"session_id": session_id, "now": factories.now()}
    for shop_id, staff_id in ((shop.id, stranger), (other_shop.id, stranger), (other_shop.id, jiwon)):
        with pytest.raises(NotHere):
            sharing.take_turn(shop_id=shop_id, staff_id=staff_id, pin=PIN, **about)
    with pytest.raises(NotHere):
        sharing.turn_off(shop_id=other_shop.id, **about)
