"""The first word about an automation may come twice at once: one row, and nobody meets an error."""

from __future__ import annotations

from flask import Flask

from app.extensions import db
from app.flows import automation
from app.messages.models import Automation
from tests import factories
from tests.factories import AShop
from tests.world import all_at_once


def test_the_first_switch_pressed_eight_times_at_once(app: Flask, shop: AShop) -> None:
    moment = factories.now()

    def switch_off() -> None:
        automation.switch(shop_id=shop.id, kind="thank_you", is_on=False, now=moment)

    def save() -> None:
        automation.save(shop_id=shop.id, kind="thank_you", text="{이름} 님, 또 봬요.", now=moment)

    assert all_at_once(app, [switch_off, save] * 4) == [None] * 8
    db.session.rollback()
    [row] = db.session.scalars(db.select(Automation).where(Automation.shop_id == shop.id)).all()
    assert (row.kind, row.is_on, row.text) == ("thank_you", False, "{이름} 님, 또 봬요.")
