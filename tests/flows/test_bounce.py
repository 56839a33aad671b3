"""Mail that comes back: dead addresses are written to no more, and nobody but the true report changes anything."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.flows import bounce
from app.flows.unit import write
from app.kit import bounces
from app.messages.models import Message
from tests import factories
from tests.factories import ACustomer, AShop
from tests.world import Clock

FROM = "card@dangol.test"
KEY = "0123456789abcdef0123456789abcdef"


def report(
    *,
    key: str = KEY,
    domain: str = "dangol.test",
    to: str = "jiwoo@home.test",
    status: str = "5.1.1",
    action: str = "failed",
    headers_only: bool = False,
) -> bytes:
    """A delivery report as Postfix writes one."""
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    return (
        "From: MAILER-DAEMON@mx.home.test\r\nTo: card@dangol.test\r\nSubject: Undelivered Mail\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.home.test\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--B\r\nContent-Type: {kind}\r\n\r\n"
        f"From: {FROM}\r\nMessage-ID: <{key}@{domain}>\r\nSubject: x\r\n\r\nhello\r\n--B--\r\n"
    ).encode()


@pytest.fixture
def mailed(shop: AShop, jiwoo: ACustomer) -> ACustomer:
    """지우, to whose address a mail went out."""
    with write() as session:
        person = factories.a_person(jiwoo.id)
        person.email, person.email_key, person.email_checked_at = (
            "Jiwoo@home.test",
            "k",
            factories.now(),
        )
        session.add(
            Message(
                shop_id=shop.id,
                customer_id=jiwoo.id,
                kind="thank_you",
                channel="email",
                cause="visit:1",
                dedupe_key="t",
                state="sent",
                due_at=factories.now(),
                not_after=factories.now(),
                sent_at=factories.now(),
                created_at=factories.now(),
                provider_key=KEY,
                facts={},
            )
        )
    return jiwoo


def found(who: ACustomer) -> tuple[str, bool]:
    """Return the mail's state, and whether the address counts as dead."""
    db.session.rollback()
    state = db.session.scalar(db.select(Message.state).where(Message.provider_key == KEY))
    return str(state), factories.a_person(who.id).email_failed_at is not None


@pytest.mark.parametrize(
    ("said", "changed", "state", "dead"),
    [
        ({}, 1, "undelivered", True),
        ({"headers_only": True}, 1, "undelivered", True),
        ({"status": "5.2.1"}, 1, "undelivered", True),
        ({"status": "5.2.2"}, 1, "undelivered", False),  # a full mailbox empties again
        ({"status": "5.7.1"}, 1, "undelivered", False),  # it is about being allowed
        ({"status": "4.4.1", "action": "delayed"}, 0, "sent", False),
        ({"status": "4.4.1"}, 0, "sent", False),
        ({"status": "2.0.0", "action": "delivered"}, 0, "sent", False),
        ({"to": "somebody@home.test"}, 0, "sent", False),  # not the one it went to
        ({"key": "f" * 32}, 0, "sent", False),  # no message of ours
        ({"domain": "evil.test"}, 0, "sent", False),
        ({"key": "' OR 1=1"}, 0, "sent", False),
    ],
)
def test_what_comes_back(
    app: Flask, mailed: ACustomer, clock: Clock, said: dict[str, str], changed: int, state: str, dead: bool
) -> None:
    assert bounce.take(report(**said), mail_from=FROM, now=clock()) == changed  # type: ignore[arg-type]
    assert found(mailed) == (state, dead)
    assert bounce.take(report(**said), mail_from=FROM, now=clock()) == 0  # type: ignore[arg-type]  # once


def test_an_address_that_was_changed_since_is_not_blamed(mailed: ACustomer, clock: Clock) -> None:
    with write():
        factories.a_person(mailed.id).email = "new@home.test"
    assert bounce.take(report(), mail_from=FROM, now=clock()) == 0
    assert found(mailed) == ("sent", False)


_DEEP = (
    b"Content-Type: multipart/report; boundary=B\r\n\r\n"
    + b"--B\r\nContent-Type: message/rfc822\r\n\r\n" * 3000
)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 5000,
        b"Subject: hello\r\n\r\n<" + KEY.encode() + b"@dangol.test> failed",
        report()[:400],
        report().replace(b"multipart/report", b"multipart/mixed"),
        report().replace(b'boundary="B"', b'boundary="\xff\xfe"'),
        report().replace(b"Status: 5.1.1", b"Status: =?utf-8?b?//8=?= " + b"9" * 5000),
        report().replace(b"message/delivery-status", b"message/delivery-status; charset=none"),
        report() + b"x" * bounces.MOST_BYTES,
        _DEEP,
        b"Content-Type: multipart/report; boundary=B\r\n\r\n" + b"--B\r\n\r\nx\r\n" * 20_000,
    ],
    ids=lambda raw: str(len(raw)),
)
def test_hostile_mail_raises_nothing(mailed: ACustomer, clock: Clock, raw: bytes) -> None:
    bounce.take(raw, mail_from=FROM, now=clock())


def test_the_pipe(app: Flask, mailed: ACustomer, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from app.cli.mail_bounce import mail_bounce

    monkeypatch.setitem(app.config, "WIRE", replace(app.config["WIRE"], mail_from=FROM))
    run = app.test_cli_runner().invoke(mail_bounce, input=report())
    assert (run.exit_code, run.output.strip()) == (0, "1 message(s) came back")
    assert found(mailed) == ("undelivered", True)

    def away(*_args: object, **_more: object) -> int:
        raise OSError("the database is away")

    monkeypatch.setattr(bounce, "take", away)
    assert app.test_cli_runner().invoke(mail_bounce, input=report()).exit_code == 75
