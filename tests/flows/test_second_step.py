"""The second step: learnt once, asked after the password, each code good once; and the codes for a lost phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import access, second_step, staff
from app.flows.second_step import AlreadyOn, NotOn
from app.kit import totp
from app.kit.refusals import Invalid, NotHere
from app.shops.models import LoginTry, RecoveryCode, Staff
from app.shops.rules import SecondStepDue, TooManyTries, WrongLogin
from tests import factories, world
from tests.factories import AShop
from tests.world import Clock

ENTER: dict[str, Any] = {"user_agent": "", "ip": "203.0.113.5", "is_secure": True}


def whose(shop: AShop) -> dict[str, Any]:
    """Return the owner's own arguments."""
    return {"shop_id": shop.id, "staff_id": shop.owner_id, "master": factories.master()}


def learn(shop: AShop) -> tuple[str, list[str]]:
    """Switch the owner's second step on: (secret, recovery codes)."""
    return factories.a_second_step(shop, shop.owner_id)


def half_way(shop: AShop) -> str:
    """Type the right password; return the mark of it."""
    with pytest.raises(SecondStepDue) as due:
        access.sign_in(login="bomnal", password=factories.PASSWORD, **ENTER, now=factories.now())
    assert (due.value.shop_id, due.value.staff_id) == (shop.id, shop.owner_id)
    return due.value.mark


def second(shop: AShop, typed: str, mark: str, **changes: Any) -> str:
    """Type the second step."""
    return access.sign_in_second(
        **whose(shop) | ENTER | {"typed": typed, "mark": mark, "now": factories.now()} | changes
    )


def test_it_counts_once_a_code_was_typed(shop: AShop, clock: Clock) -> None:
    factories.a_password(shop, shop.owner_id)
    second_step.begin(**whose(shop), now=clock())
    earlier = second_step.setup_of(**whose(shop))
    second_step.begin(**whose(shop), now=clock())
    setup = second_step.setup_of(**whose(shop))
    assert earlier is not None
    assert setup is not None
    assert setup.secret != earlier.secret, "what somebody saw of a setup that was never ended is void"
    assert setup.link.startswith("otpauth://totp/")
    stored = db.session.scalar(db.select(Staff.totp_secret).where(Staff.id == shop.owner_id))
    assert stored is not None
    assert setup.secret not in stored
    with pytest.raises(Invalid):
        second_step.confirm(**whose(shop), typed="000000", now=clock())
    assert access.sign_in(login="bomnal", password=factories.PASSWORD, **ENTER, now=clock()), "not on yet"
    typed = totp.code_at(setup.secret, totp.step_of(clock()))
    codes = second_step.confirm(**whose(shop), typed=f"{typed[:3]} {typed[3:]}", now=clock())
    assert len(set(codes)) == 8
    assert all(re.fullmatch(r"[2-9A-Z]{5}-[2-9A-Z]{5}", code) for code in codes)
    kept = set(db.session.scalars(db.select(RecoveryCode.code_hash)))
    assert not {code.replace("-", "") for code in codes} & kept
    for again in (lambda: second_step.begin(**whose(shop), now=clock()), lambda: learn(shop)):
        with pytest.raises(AlreadyOn):
            again()
    assert second_step.setup_of(**whose(shop)) is None, "nothing shows the secret again"


def test_a_code_signs_in_once(shop: AShop, clock: Clock) -> None:
    factories.a_password(shop, shop.owner_id)
    secret, _codes = learn(shop)
    mark = half_way(shop)
    used = totp.code_at(secret, totp.step_of(clock()))
    with pytest.raises(Invalid):  # the one that switched it on
        second(shop, used, mark)
    clock.advance(seconds=30)
    fresh = totp.code_at(secret, totp.step_of(clock()))
    assert second(shop, fresh, mark)
    for typed in (fresh, used):
        with pytest.raises(Invalid):
            second(shop, typed, mark)
    clock.advance(seconds=30)
    assert second(shop, totp.code_at(secret, totp.step_of(clock()) + 1), mark), "a clock one step ahead"
    with pytest.raises(Invalid):  # its own step came before the one that was used
        second(shop, totp.code_at(secret, totp.step_of(clock())), mark)


def test_the_same_code_at_once_lets_one_in(app: Flask, shop: AShop, clock: Clock) -> None:
    factories.a_password(shop, shop.owner_id)
    secret, codes = learn(shop)
    clock.advance(seconds=30)
    mark, now, master = half_way(shop), clock(), factories.master()
    for typed in (totp.code_at(secret, totp.step_of(now)), codes[0]):
        found = world.all_at_once(
            app, [lambda typed=typed: second(shop, typed, mark, now=now, master=master)] * 4
        )
        assert sum(isinstance(each, str) for each in found) == 1, found


def test_twenty_guesses_at_once_count_twenty(app: Flask, shop: AShop, clock: Clock) -> None:
    factories.a_password(shop, shop.owner_id)
    _secret, codes = learn(shop)
    mark, now, master = half_way(shop), clock(), factories.master()
    found = world.all_at_once(app, [lambda: second(shop, "123123", mark, now=now, master=master)] * 20)
    assert sum(isinstance(each, Invalid) for each in found) <= 10
    assert all(isinstance(each, Invalid | TooManyTries) for each in found)
    key = f"second:{shop.owner_id}"
    assert db.session.scalar(db.select(db.func.count(LoginTry.id)).where(LoginTry.key == key)) == 20
    with pytest.raises(TooManyTries):
        second(shop, codes[0], mark)
    clock.advance(minutes=15, seconds=1)
    assert second(shop, codes[0], mark)


def test_a_recovery_code_is_good_once_and_new_ones_void_the_old(shop: AShop, clock: Clock) -> None:
    factories.a_password(shop, shop.owner_id)
    _secret, codes = learn(shop)
    mark = half_way(shop)
    assert second(shop, codes[0].lower().replace("-", " "), mark)
    with pytest.raises(Invalid):
        second(shop, codes[0], mark)
    fresh = second_step.renew_codes(**whose(shop), now=clock())
    with pytest.raises(Invalid):
        second(shop, codes[1], mark)
    assert second(shop, fresh[0], mark)


def test_a_password_changed_meanwhile_ends_the_way_in(shop: AShop) -> None:
    factories.a_password(shop, shop.owner_id)
    _secret, codes = learn(shop)
    mark = half_way(shop)
    about: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "by": shop.owner_id}
    staff.give_password(**about, login="bomnal", password=factories.PASSWORD, now=factories.now())
    with pytest.raises(WrongLogin):
        second(shop, codes[0], mark)
    assert second(shop, codes[0], half_way(shop)), "what was not let in used nothing up"


def test_off_again_and_the_link_needs_none(shop: AShop, other_shop: AShop, clock: Clock) -> None:
    factories.a_password(shop, shop.owner_id)
    learn(shop)
    assert factories.a_session(shop, shop.owner_id), "the console's link is the way back"
    about: dict[str, Any] = {"staff_id": shop.owner_id, "by": shop.owner_id, "now": clock()}
    with pytest.raises(NotHere):
        second_step.turn_off(shop_id=other_shop.id, **about)
    second_step.turn_off(shop_id=shop.id, **about)
    with pytest.raises(NotOn):
        second_step.turn_off(shop_id=shop.id, **about)
    with pytest.raises(NotOn):
        second_step.renew_codes(**whose(shop), now=clock())
    assert db.session.scalar(db.select(db.func.count(RecoveryCode.id))) == 0
    assert access.sign_in(login="bomnal", password=factories.PASSWORD, **ENTER, now=clock())


def test_with_the_keys_of_another_installation_no_code_is_right(shop: AShop, clock: Clock) -> None:
    factories.a_password(shop, shop.owner_id)
    secret, codes = learn(shop)
    clock.advance(seconds=30)
    mark, other = half_way(shop), b"another installation's master key"
    for typed in (totp.code_at(secret, totp.step_of(clock())), codes[0]):
        with pytest.raises(Invalid):
            second(shop, typed, mark, master=other)
