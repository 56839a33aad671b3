"""A shop that can push, and browsers that let it, for tests of flows and of pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Flask, current_app

from app.extensions import db
from app.flows import deliver, privacy, push
from app.messages.contract import Wire
from app.messages.models import Message
from app.messages.providers.push import packed
from app.messages.way_models import PushSubscription
from tests import factories
from tests.factories import ACustomer
from tests.messages.push_service import Phone, Service, a_push_service, keys


@contextmanager
def a_ringing_shop(app: Flask) -> Iterator[Service]:
    """Give the deployment a key pair and a push service on this machine."""
    private, public = keys()
    with a_push_service() as service:
        before: Wire = app.config["WIRE"]
        app.config["WIRE"] = replace(before, push_key=private, push_public=public, push_origin=service.url)
        try:
            yield service
        finally:
            app.config["WIRE"] = before


def ring_on(
    service: Service, who: ACustomer, name: str = "a", *, browser: str = "", age14: bool = False
) -> Phone:
    """Switch notifications on in a person's browser."""
    phone = Phone()
    push.subscribe(
        shop_id=who.shop_id, customer_id=who.id, browser_token=browser or who.browser,
        endpoint=service.endpoint(name), p256dh=packed(phone.point), auth=packed(phone.auth), age14=age14,
        ip="203.0.113.7", user_agent="test", master=factories.master(), now=factories.now(),
    )  # fmt: skip
    return phone


def agree(who: ACustomer, *, grant: bool = True) -> None:
    """Answer the question about ads there."""
    privacy.change_consent(
        shop_id=who.shop_id, customer_id=who.id, kind="ads_push", grant=grant, ip="", user_agent="",
        master=factories.master(), now=factories.now(),
    )  # fmt: skip


def drain() -> None:
    """Send what is due."""
    deliver.drain(wire=current_app.config["WIRE"], clock=current_app.config["CLOCK"])


def subscribed(who: ACustomer | None = None) -> list[str]:
    """Return the ends of the addresses that are kept, of a person or of all."""
    db.session.rollback()
    query = db.select(PushSubscription.endpoint).order_by(PushSubscription.id)
    if who is not None:
        query = query.where(PushSubscription.customer_id == who.id)
    return [endpoint.rsplit("/", 1)[1] for endpoint in db.session.scalars(query)]


def pushed(who: ACustomer, **where: str) -> list[tuple[str, str]]:
    """Return state and code of a person's pushes."""
    db.session.rollback()
    rows = db.session.query(Message).filter_by(customer_id=who.id, channel="web_push", **where)
    return [(row.state, row.code) for row in rows.order_by(Message.id)]
