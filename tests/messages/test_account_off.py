"""An account that is off keeps what waits for it: off is how it is between two tries, never a reason to lose letters."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.flows import channel_account, deliver
from app.flows.unit import write
from app.messages.models import Message
from app.messages.way_models import ChannelAccount
from app.shops import actions as shops
from tests.messages.accounts import a_paying_shop, change, drain, texts, thank_all
from tests.provider import Bench
from tests.world import Clock


def an_owned_shop(bench: Bench, clock: Clock) -> tuple[int, int]:
    """A shop with an account that was tried; returns shop and owner."""
    shop = a_paying_shop(bench, clock)
    change(ChannelAccount, tested_at=clock())
    with write() as session:
        owner = shops.add_staff(session, shop_id=shop, name="김사장", role="owner", now=clock())
        return shop, int(owner.id)


def switch(shop: int, owner: int, clock: Clock, *, is_on: bool) -> None:
    channel_account.switch(shop_id=shop, staff_id=owner, provider="solapi", is_on=is_on, now=clock())


def type_number(shop: int, owner: int, bench: Bench, clock: Clock, *, number: str = "") -> None:
    """The owner types another sender number (else the right one): off until a try went well."""
    like = bench.account("solapi", shop)
    typed = {**like.keys, "sender": number or like.sender}
    channel_account.save_keys(shop_id=shop, staff_id=owner, provider="solapi", typed=typed, now=clock())


@pytest.mark.parametrize("how", ["switched", "other_number"])
def test_what_waits_is_still_there_when_it_is_on_again(
    app: Flask, clock: Clock, bench: Bench, how: str
) -> None:
    shop, owner = an_owned_shop(bench, clock)
    thank_all(shop, 3, clock)
    if how == "switched":
        switch(shop, owner, clock, is_on=False)
    else:
        type_number(shop, owner, bench, clock, number="02-999-8888")
    assert db.session.query(ChannelAccount.state).scalar() == "off"
    drain(app)
    assert [row.state for row in texts(shop)] == ["ready"] * 3
    assert bench.taken() == []
    if how == "other_number":
        type_number(shop, owner, bench, clock)
        change(ChannelAccount, tested_at=clock())  # a try went well
    switch(shop, owner, clock, is_on=True)
    drain(app)
    assert [row.state for row in texts(shop)] == ["sent"] * 3
    assert bench.doubles() == []


def test_what_was_in_a_workers_hands_waits_as_well(app: Flask, clock: Clock, bench: Bench) -> None:
    shop, owner = an_owned_shop(bench, clock)
    thank_all(shop, 2, clock)
    holds = deliver.claim_due(now=clock())
    switch(shop, owner, clock, is_on=False)
    deliver.send(holds, wire=app.config["WIRE"], clock=clock)
    assert deliver.claim_due(now=clock()) == [], "it stands still: nobody takes them again and again"
    assert {(row.state, row.code, row.reason) for row in texts(shop)} == {
        ("ready", "account", "사장님이 꺼 두셨어요.")
    }
    switch(shop, owner, clock, is_on=True)
    drain(app)  # at once
    assert [(row.state, row.code) for row in texts(shop)] == [("sent", "")] * 2


def test_keys_nobody_can_read_are_looked_at_again_in_an_hour(app: Flask, clock: Clock, bench: Bench) -> None:
    shop, _owner = an_owned_shop(bench, clock)
    thank_all(shop, 1, clock)
    change(ChannelAccount, sealed="of another master key")
    drain(app)
    (row,) = texts(shop)
    assert (row.state, row.code, row.due_at) == ("ready", "account", clock() + timedelta(hours=1))


def test_it_does_not_wait_for_ever(app: Flask, clock: Clock, bench: Bench) -> None:
    shop, owner = an_owned_shop(bench, clock)
    thank_all(shop, 1, clock)
    change(Message, not_after=clock() + timedelta(hours=5))
    switch(shop, owner, clock, is_on=False)
    clock.advance(hours=6)
    deliver.sweep(now=clock())
    assert [(row.state, row.code) for row in texts(shop)] == [("expired", "too_late")]


def test_an_account_that_is_gone_leaves_out(app: Flask, clock: Clock, bench: Bench) -> None:
    shop, owner = an_owned_shop(bench, clock)
    thank_all(shop, 1, clock)
    channel_account.remove(shop_id=shop, staff_id=owner, provider="solapi", now=clock())
    drain(app)
    assert [(row.state, row.code) for row in texts(shop)] == [("suppressed", "no_account")]
