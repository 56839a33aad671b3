"""A login that the mail server refuses: our own settings are wrong, and no letter pays for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.customers.models import Customer
from app.flows import deliver
from app.flows.unit import write
from app.messages.contract import Wire
from app.messages.models import ChannelHealth, Message
from tests.messages.mail_server import FROM, Mailbox, a_mail_server, certificate, knows, tls, wire_to
from tests.messages.world import a_customer, a_shop, rows, thank
from tests.world import Clock


@contextmanager
def a_guarded_server(pem: Path, logins: list[bytes]) -> Iterator[Mailbox]:
    """Run a server that wants a login, and note each try of one."""
    check = knows("shop", "right")

    def noted(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        logins.append(data.password)
        return check(server, session, envelope, mechanism, data)

    # One way of signing in: smtplib says the same password again in every other that is offered.
    one_way = {"authenticator": noted, "auth_required": True, "auth_exclude_mechanism": ["LOGIN"]}
    with a_mail_server(tls_context=tls(pem), **one_way) as mailbox:
        yield mailbox


def people_with_mail(count: int, clock: Clock) -> None:
    """Let a notice by e-mail wait for so many people."""
    shop = a_shop(is_demo=False)
    for number in range(count):
        who = a_customer(shop, phone=f"+8210111111{number:02d}")
        with write() as session:
            session.execute(
                update(Customer)
                .where(Customer.id == who, Customer.shop_id == shop)
                .values(email=f"p{number}@home.test", email_key=f"mail-{number}", email_checked_at=clock())
            )
        thank(shop, who, clock, f"consent:{number}", kind="consent_result")


def a_while_later(clock: Clock) -> None:
    """Let the channel's rest and the wait before the next try be over."""
    clock.advance(hours=1)
    with write() as session:
        session.execute(update(ChannelHealth).values(rest_until_ms=0))
        session.execute(update(Message).where(Message.state == "ready").values(lease_ms=None))


def test_a_wrong_login_is_tried_once_and_is_no_letters_fault(
    app: Flask, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, logins = certificate(tmp_path), list[bytes]()
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with a_guarded_server(pem, logins) as mailbox:

        def drain(password: str) -> dict[str, int]:
            server: Wire = wire_to(mailbox.port, login=f"shop:{password}@", host="localhost")
            wire = replace(app.config["WIRE"], smtp_url=server.smtp_url, mail_from=FROM)
            return dict(deliver.drain(wire=wire, clock=clock))

        monkeypatch.setitem(
            app.config, "WIRE", replace(app.config["WIRE"], smtp_url="smtp://planned.test", mail_from=FROM)
        )
        people_with_mail(20, clock)
        found = drain("wrong")
        assert logins == [b"wrong"]
        assert (found["rejected"], found["given_back"]) == (1, 19)
        assert drain("wrong") == {}  # resting
        assert {(row.state, row.tries) for row in rows(channel="email")} == {("ready", 0)}
        with write() as session:  # of the others, so that one letter meets it all day long
            session.execute(update(Message).where(Message.cause != "consent:0").values(staged_at=clock()))
        for _hour in range(24):
            a_while_later(clock)
            drain("wrong")
        assert len(logins) == 25
        assert {(row.state, row.tries) for row in rows(channel="email")} == {("ready", 0)}
        with write() as session:
            session.execute(update(Message).values(staged_at=None))
        a_while_later(clock)
        drain("right")
    assert len(mailbox.taken) == 20
    assert {(row.state, row.tries) for row in rows(channel="email")} == {("sent", 1)}
