"""The e-mail channel against real servers: what arrives, and what every way of failing means."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.messages import mail_form, retries
from app.messages.channels import email as channel
from app.messages.contract import Accepted, Letter, Outcome, Rejected, Unknown, Wire
from tests.messages.mail_server import (
    FROM,
    Mailbox,
    a_mail_server,
    a_rude_server,
    certificate,
    knows,
    polite,
    say_nothing,
    tls,
    wire_to,
)
from tests.world import START

SHOP = mail_form.Shop(
    name="달빛커피",
    owner_name="김사장",
    address="서울 마포구 달빛로 1",
    phone="02-123-4567",
    email="moon@dal.test",
)
LINK = "https://a-rather-long-name-of-a-platform-for-shops.example.co.kr/o/abcdefghijklmnopqrstuv"
AD = Letter(
    key="0123456789abcdef0123456789abcdef",
    to="jiwoo@home.test",
    text=mail_form.ad_body(body="한지우 님, 고맙습니다.\n.\n늘 반갑게 맞을게요. ☕", shop=SHOP, opt_out=LINK),
    at=START,
    subject=mail_form.subject(is_ad=True, shop_name=SHOP.name, label="감사 인사"),
    shop_name=SHOP.name,
    reply_to=SHOP.email,
    opt_out=LINK,
)


def send(wire: Wire, letter: Letter = AD) -> Outcome:
    return channel.send([letter], wire, None)[0]


def test_what_arrives_is_exactly_what_was_meant() -> None:
    with a_mail_server() as mailbox:
        outcome = send(wire_to(mailbox.port))
    assert outcome == Accepted("taken as 4711")
    (mail,) = mailbox.taken
    assert mailbox.envelopes[0].mail_from == FROM
    assert mailbox.envelopes[0].rcpt_tos == ["jiwoo@home.test"]
    assert mail["Subject"] == "(광고) 달빛커피 감사 인사"
    assert mail["From"].addresses[0].display_name == "달빛커피"
    assert mail["From"].addresses[0].addr_spec == FROM
    assert mail["To"] == "jiwoo@home.test"
    assert mail["Reply-To"] == "moon@dal.test"
    assert mail["Message-ID"] == "<0123456789abcdef0123456789abcdef@dangol.test>"
    assert mail["Date"] == "Mon, 23 Nov 2026 14:49:00 +0900"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == f"<{LINK}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n").strip() == AD.text
    assert AD.text.endswith(
        "달빛커피 | 대표 김사장 | 서울 마포구 달빛로 1 | 전화 02-123-4567 | moon@dal.test\n\n"
        "수신을 원하지 않으시면 아래 [수신거부] 주소를 눌러 주세요. (무료)\n"
        f"[수신거부] {LINK}\n"
        "If you do not wish to receive these emails, click the [Unsubscribe] address below. (free of charge)\n"
        f"[Unsubscribe] {LINK}"
    )


def test_a_long_address_to_refuse_at_is_not_encoded() -> None:
    raw = channel.as_bytes(AD, FROM)
    assert f"List-Unsubscribe: <{LINK}>\r\n".encode() in raw
    assert channel.as_bytes(AD, FROM) == raw  # every attempt is the same mail


def test_a_notice_names_the_shop_and_has_nothing_to_refuse() -> None:
    notice = replace(
        AD, subject="[달빛커피] 동의 처리 안내", opt_out="", reply_to="", text="처리를 마쳤어요."
    )
    with a_mail_server() as mailbox:
        assert isinstance(send(wire_to(mailbox.port), notice), Accepted)
    (mail,) = mailbox.taken
    assert mail["Subject"] == "[달빛커피] 동의 처리 안내"
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "Reply-To"):
        assert mail[name] is None


@pytest.mark.parametrize("evil", ["달빛\r\nBcc: all@home.test", "a\nb\rc\x00d", '"달빛" <x@y.test>, 커피;'])
def test_no_name_can_add_a_header(evil: str) -> None:
    letter = replace(
        AD, shop_name=evil, subject=mail_form.subject(is_ad=True, shop_name=evil, label="감사\n\n인사")
    )
    with a_mail_server() as mailbox:
        assert isinstance(send(wire_to(mailbox.port), letter), Accepted)
    (mail,) = mailbox.taken
    assert mail["Bcc"] is None
    assert mail["Subject"] == f"(광고) {mail_form.one_line(evil)} 감사 인사"
    assert mail["From"].addresses[0].display_name == mail_form.one_line(evil)
    assert len(mail["From"].addresses) == 1
    assert mailbox.envelopes[0].rcpt_tos == ["jiwoo@home.test"]


@pytest.mark.parametrize(
    ("step", "says", "permanent", "dead"),
    [
        ("MAIL", "421 too busy", False, False),
        ("MAIL", "550 who are you", True, False),
        ("RCPT", "450 mailbox busy", False, False),
        ("RCPT", "451 greylisted", False, False),
        ("RCPT", "550 relaying denied", True, False),
        ("RCPT", "551 user not local", True, False),
        ("RCPT", "553 name not allowed", True, False),
        ("RCPT", "550 5.1.1 no such user", True, True),
        ("RCPT", "550 5.1.2 no such domain", True, True),
        ("RCPT", "553 5.1.3 no address", True, True),
        ("RCPT", "550 5.1.6 moved away", True, True),
        ("RCPT", "556 5.1.10 takes no mail", True, True),
        ("RCPT", "550 5.1.0 sender rejected", True, False),
        ("RCPT", "550 5.1.8 your domain is unknown", True, False),
        ("RCPT", "550 5.2.1 mailbox switched off", True, False),
        ("RCPT", "550 5.7.1 we don't like you", True, False),
        ("RCPT", "552 mailbox full", True, False),
        ("DATA", "452 disk full", False, False),
        ("DATA", "554 looks like spam", True, False),
        ("DATA", "550 5.1.1 no such user", True, False),
    ],
)
def test_what_a_servers_no_means(step: str, says: str, permanent: bool, dead: bool) -> None:
    with a_mail_server() as mailbox:
        mailbox.says[step] = says
        outcome = send(wire_to(mailbox.port))
    assert isinstance(outcome, Rejected)
    assert (outcome.permanent, outcome.dead_address, outcome.transport) == (permanent, dead, False)
    assert outcome.detail == f"{step} {says[:3]}"  # the server's words may repeat the address
    assert mailbox.taken == []


def _reset(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _drip(text: bytes) -> Callable[[socket.socket], None]:
    def talk(line: socket.socket) -> None:
        for byte in text:
            line.sendall(bytes([byte]))
            time.sleep(0.1)

    return talk


def _after(until: bytes, then: Callable[[socket.socket], None]) -> Callable[[socket.socket], None]:
    def talk(line: socket.socket) -> None:
        polite(line, until=until)
        then(line)

    return talk


@pytest.mark.parametrize(
    ("talk", "maybe"),
    [
        (lambda line: None, False),  # hangs up at once
        (lambda line: line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), False),
        (lambda line: line.sendall(b"421 closed for today\r\n"), False),
        (lambda line: line.sendall(b"2" * 9000), False),
        (say_nothing, False),
        (_drip(b"220-" + b"slowly " * 20), False),
        (_after(b"ehlo", say_nothing), False),
        (_after(b"MAIL", _reset), False),
        (_after(b"RCPT", say_nothing), False),
        (_after(b"DATA", lambda line: None), False),
        (_after(b"DATA", lambda line: line.sendall(b"250 sure\r\n")), False),
        (_after(b".", lambda line: None), True),
        (_after(b".", _reset), True),
        (_after(b".", say_nothing), True),
        (_after(b".", _drip(b"250-" + b"slowly " * 20)), True),
        (_after(b".", lambda line: line.sendall(b"what?\r\n")), True),
        (_after(b".", lambda line: line.sendall(b"354 go on\r\n")), True),
    ],
)
def test_how_far_it_got_decides(
    talk: Callable[[socket.socket], None], maybe: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "CALL_DEADLINE_S", 1.5)  # a busy machine comes to the end of the mail, too
    began = time.monotonic()
    with a_rude_server(talk) as port:
        outcome = send(wire_to(port))
    assert time.monotonic() - began < 8  # in total, however it drips: each of those would take ten seconds
    if maybe:
        assert isinstance(outcome, Unknown)
    else:
        assert isinstance(outcome, Rejected)
        assert outcome.transport
        assert not outcome.permanent


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "CALL_DEADLINE_S", 0.8)  # looking for a name may take long
    with a_mail_server() as gone:
        port = gone.port
    for wire in (wire_to(port), wire_to(port, host="nowhere.invalid"), Wire()):
        outcome = send(wire)
        assert isinstance(outcome, Rejected)
        assert outcome.transport


def test_a_sender_past_its_lease_says_nothing() -> None:
    with a_mail_server() as mailbox:
        (outcome,) = channel.send([AD], wire_to(mailbox.port), 1.0)
        assert isinstance(outcome, Rejected)
    assert mailbox.taken == []


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path)


def test_starttls_is_used_where_it_is_offered(pem: Path) -> None:
    with a_mail_server(tls_context=tls(pem), require_starttls=True) as mailbox:
        assert isinstance(send(wire_to(mailbox.port)), Accepted)
    assert mailbox.encrypted == [True]


def _login(mailbox: Mailbox, login: str = "shop:se%40cret@") -> Wire:
    return wire_to(mailbox.port, login=login, host="localhost")


def test_a_login_goes_only_to_the_server_it_is_for(pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = {"authenticator": knows("shop", "se@cret"), "auth_required": True}
    with a_mail_server(tls_context=tls(pem), **account) as mailbox:
        stranger = send(_login(mailbox))
        assert isinstance(stranger, Rejected)
        assert stranger.transport  # its certificate vouches for nobody we know
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert isinstance(send(_login(mailbox)), Accepted)
        wrong = send(_login(mailbox, "shop:wrong@"))
        assert isinstance(wrong, Rejected)
        assert (wrong.permanent, wrong.retry_after_s) == (False, 60.0)
    assert len(mailbox.taken) == 1
    with a_mail_server() as plain:
        in_the_open = send(_login(plain))
        assert isinstance(in_the_open, Rejected)
        assert in_the_open.transport
    assert plain.taken == []


def test_smtps_speaks_tls_from_the_first_byte(pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with a_rude_server(lambda line: polite(tls(pem).wrap_socket(line, server_side=True), until=b".")) as port:
        assert isinstance(send(wire_to(port, scheme="smtps", host="localhost")), Unknown)
    monkeypatch.setattr(retries, "CALL_DEADLINE_S", 0.8)
    with a_rude_server(say_nothing) as port:  # a handshake that never ends
        assert isinstance(send(wire_to(port, scheme="smtps", host="localhost")), Rejected)
