"""Shops of the town that bring an account of their own, and the provider on the bench behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import deliver
from app.flows.unit import write
from app.messages import accounts, outbox
from app.messages.models import Automation, Message
from app.messages.way_models import ChannelAccount, MessageSettings, MonthSpending
from tests.messages.world import a_customer, a_shop
from tests.provider import Bench
from tests.world import Clock


def connect(app: Flask, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the providers be the bench."""
    wire = replace(app.config["WIRE"], solapi_url=bench.url, nhn_sms_url=bench.url, nhn_talk_url=bench.url)
    monkeypatch.setitem(app.config, "WIRE", wire)


def a_paying_shop(
    bench: Bench, clock: Clock, name: str = "한빛미용실", *, provider: str = "solapi", **settings: Any
) -> int:
    """Make a real shop whose thank-yous travel by its own account with a provider."""
    shop = a_shop(name, is_demo=False)
    like = bench.account(provider, shop)
    with write() as session:
        session.add(
            ChannelAccount(
                shop_id=shop,
                provider=provider,
                sealed=accounts.sealed_keys(like.keys, shop_id=shop, provider=provider),
                sender=like.sender,
                settings={**like.settings, **settings},
                state="on",
                hook=f"hook-of-{shop}",
                made_at=clock(),
            )
        )
        session.add(
            Automation(
                shop_id=shop, kind="thank_you", text="", ways=provider, delay_minutes=0, changed_at=clock()
            )
        )
        session.add(MessageSettings(shop_id=shop, month_won=30_000, changed_at=clock()))
    return shop


def thank_all(shop: int, count: int, clock: Clock, *, first: int = 0) -> list[int]:
    """Let so many people of a shop be thanked now; returns who."""
    people = []
    for number in range(first, first + count):
        who = a_customer(shop, f"손님{number}", phone=f"+82105{shop % 100:02d}{number:05d}")
        people.append(who)
        with write() as session:
            outbox.plan(
                session,
                shop_id=shop,
                customer_id=who,
                kind="thank_you",
                cause=f"visit:{number}",
                due_at=clock(),
                now=clock(),
            )
    return people


def drain(app: Flask, **how: Any) -> dict[str, int]:
    """Send one claim."""
    return dict(deliver.drain(wire=app.config["WIRE"], clock=app.config["CLOCK"], **how))


def change(table: Any, **values: Any) -> None:
    """Change every row of a table."""
    with write() as session:
        session.query(table).update(values)


def texts(shop: int, **where: Any) -> list[Message]:
    """Return a shop's text messages, oldest first."""
    db.session.rollback()
    query = db.session.query(Message).filter_by(shop_id=shop, channel="solapi", **where)
    return list(query.order_by(Message.id))


def spent(shop: int) -> int:
    """Return what a shop's messages cost, in won."""
    db.session.rollback()
    return int(db.session.query(MonthSpending.won).filter_by(shop_id=shop).scalar() or 0)
