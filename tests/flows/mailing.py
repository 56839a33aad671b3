"""A shop that can send e-mail, and a person who confirmed an address, for tests of both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Flask, current_app

from app.flows import deliver, email
from app.flows.unit import write
from app.messages.contract import Wire
from app.messages.models import Message
from tests import factories
from tests.factories import ACustomer, AShop
from tests.messages.mail_server import FROM, Mailbox, a_mail_server


@contextmanager
def a_mailing_shop(app: Flask, shop: AShop) -> Iterator[Mailbox]:
    """Give the deployment a mail server, and the shop what an ad by e-mail must say."""
    with a_mail_server() as mailbox:
        before: Wire = app.config["WIRE"]
        app.config["WIRE"] = replace(before, smtp_url=f"smtp://127.0.0.1:{mailbox.port}", mail_from=FROM)
        with write():
            factories_shop = factories.the_shop(shop)
            factories_shop.address, factories_shop.email = "서울 마포구 달빛로 1", "moon@dal.test"
        try:
            yield mailbox
        finally:
            app.config["WIRE"] = before


def give(shop: AShop, who: ACustomer, typed: str = "jiwoo@home.test", *, ads: bool = True) -> None:
    """Type an e-mail address on 내 정보."""
    email.give_email(
        shop_id=shop.id, shop_code=shop.code, customer_id=who.id, typed=typed, ads=ads, ip="203.0.113.7",
        user_agent="test", master=factories.master(), now=factories.now(),
    )  # fmt: skip


def token_of(who: ACustomer) -> str:
    """Return the token of the newest confirming mail planned for a person."""
    from app.extensions import db

    db.session.rollback()
    facts = db.session.scalars(
        db.select(Message.facts)
        .where(Message.customer_id == who.id, Message.kind == "email_check")
        .order_by(Message.id.desc())
    ).first()
    assert facts is not None
    return str(facts["path"]).rsplit("/", 1)[1]


def confirm(shop: AShop, token: str) -> str:
    """Tap the button behind the link."""
    return email.confirm(shop_id=shop.id, token=token, master=factories.master(), now=factories.now())


def mailed(shop: AShop, who: ACustomer, typed: str = "jiwoo@home.test", *, ads: bool = True) -> None:
    """Give an address and confirm it; the confirming mail itself goes out."""
    give(shop, who, typed, ads=ads)
    drain()
    confirm(shop, token_of(who))


def drain() -> None:
    """Send what is due."""
    deliver.drain(wire=current_app.config["WIRE"], clock=current_app.config["CLOCK"])
