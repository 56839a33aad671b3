"""Refused while two were one: parting them gives nobody's yes back (망법 50조②)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.customers.models import Consent
from app.customers.rules import standing
from app.extensions import db
from app.flows import privacy, refusing
from tests import factories
from tests.factories import AShop
from tests.flows.test_merge import join_two, part
from tests.world import Clock


def holds(customer_id: int) -> dict[str, bool]:
    db.session.rollback()
    mine = db.select(Consent.kind, Consent.action).where(Consent.customer_id == customer_id)
    return standing([(row.kind, row.action) for row in db.session.execute(mine.order_by(Consent.id))])


def say(shop: AShop, who: int, kind: str, grant: bool, clock: Clock) -> None:
    how: dict[str, Any] = {"ip": "", "user_agent": "", "master": factories.master(), "now": clock()}
    privacy.change_consent(shop_id=shop.id, customer_id=who, kind=kind, grant=grant, **how)


@pytest.mark.parametrize(
    ("said", "ads", "night"),
    [("nothing", True, True), ("refused", False, False), ("no night", True, False), ("and back", True, True)],
)
def test_what_was_taken_back_is_of_both(
    app: Flask, shop: AShop, clock: Clock, said: str, ads: bool, night: bool
) -> None:
    kept, gone = (factories.a_customer(shop, phone=factories.a_number(), agrees="all") for _ in range(2))
    merged = join_two(shop, kept, gone)
    clock.advance(minutes=5)
    if said == "refused":
        refusing.said_to_shop(shop_id=shop.id, customer_id=kept.id, staff_id=shop.owner_id, now=clock())
    elif said != "nothing":
        say(shop, kept.id, "ads_night", False, clock)
    if said == "and back":
        say(shop, kept.id, "ads_night", True, clock)
    clock.advance(minutes=5)
    part(shop, merged)
    for who in (kept.id, gone.id):
        assert (holds(who)["ads"], holds(who)["ads_night"]) == (ads, night)
    assert holds(gone.id)["marketing"]


def test_a_refusal_of_who_had_agreed_to_nothing_is_of_both(app: Flask, shop: AShop, clock: Clock) -> None:
    kept = factories.a_customer(shop, phone=factories.a_number())
    gone = factories.a_customer(shop, phone=factories.a_number(), agrees="all")
    assert not holds(kept.id)["ads"]
    merged = join_two(shop, kept, gone)
    refusing.said_to_shop(shop_id=shop.id, customer_id=kept.id, staff_id=shop.owner_id, now=clock())
    part(shop, merged)
    assert not holds(gone.id)["ads"]
