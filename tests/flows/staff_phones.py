"""Phones of who works in a shop, and what rang them, for tests of flows and of pages."""

from __future__ import annotations

import json
from typing import Any

from flask import current_app

from app.extensions import db
from app.flows import notify_run, staff_push, voice
from app.messages.providers.push import packed
from app.shops.notification_models import StaffNotification, StaffPushSubscription
from tests import factories
from tests.factories import ACustomer, AShop
from tests.messages.push_service import Phone, Service


def rung_on(
    service: Service, shop: AShop, staff_id: int, name: str = "own", *, session_id: int = 0, shop_id: int = 0
) -> tuple[Phone, int]:
    """Let somebody's phone ring; returns it and the sign-in it hangs on."""
    session_id = session_id or factories.a_session_id(factories.a_session(shop, staff_id))
    phone = Phone()
    staff_push.switch_on(
        shop_id=shop_id or shop.id, staff_id=staff_id, session_id=session_id, endpoint=service.endpoint(name),
        p256dh=packed(phone.point), auth=packed(phone.auth), master=factories.master(), now=factories.now(),
    )  # fmt: skip
    return phone, session_id


def ring() -> dict[str, int]:
    """Do what the worker does."""
    return dict(notify_run.ring_due(wire=current_app.config["WIRE"], clock=current_app.config["CLOCK"]))


def told(phone: Phone, service: Service, place: int = -1) -> dict[str, Any]:
    """Return what stands on the lock screen."""
    found: dict[str, Any] = json.loads(phone.opened(service.taken[place][2]))["notification"]
    return found


def rings(shop: AShop, **where: Any) -> list[tuple[str, str, str]]:
    """Return (kind, state, code) of what a shop's people were to be rung for."""
    db.session.rollback()
    rows = db.session.query(StaffNotification).filter_by(shop_id=shop.id, **where)
    return [(row.kind, row.state, row.code) for row in rows.order_by(StaffNotification.id)]


def phones() -> list[str]:
    """Return the ends of the addresses that are kept, of everybody."""
    db.session.rollback()
    query = db.select(StaffPushSubscription.endpoint).order_by(StaffPushSubscription.endpoint)
    return [endpoint.rsplit("/", 1)[1] for endpoint in db.session.scalars(query)]


def says(holder: ACustomer, voice_id: int, text: str = "여보세요") -> None:
    """Let a customer say more in a thread."""
    voice.say(
        shop_id=holder.shop_id, customer_id=holder.id, voice_id=voice_id, text=text, once=factories.once(),
        now=factories.now(),
    )  # fmt: skip
