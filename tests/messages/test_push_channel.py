"""Web push: sealed as RFC 8291's own example, signed as RFC 8292 asks, and only ever to the browsers' push services."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from app.kit import net
from app.messages.channels import web_push
from app.messages.contract import Accepted, Letter, Outcome, Rejected, Target, Unknown, Wire
from app.messages.providers import push
from app.messages.providers.push import is_push_service, packed, sealed, unpacked
from tests.messages.push_service import Phone, Service, a_push_service, keys

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def service() -> Iterator[Service]:
    with a_push_service() as running:
        yield running


@cache
def wire(url: str = "") -> Wire:
    private, public = keys()
    return Wire(public_url="https://dangol.test", push_key=private, push_public=public, push_origin=url)


def a_letter(*targets: Target, **other: object) -> Letter:
    letter = Letter(
        key=KEY,
        to="",
        text="고맙습니다.\n문의 02-123-4567\n무료수신거부 알림의 ‘수신거부’ 또는 카드의 ‘내 정보’",
        at=NOW,
        subject="(광고) 달빛커피",
        is_ad=True,
        opt_out="https://dangol.test/o/abc",
        link="https://dangol.test/c/moon",
        lasts_s=3600,
        targets=targets,
    )
    return replace(letter, **other)  # type: ignore[arg-type]


def sent(service: Service, *names: str, latest_start: float | None = None) -> Outcome:
    targets = [Phone().target(service.endpoint(name), which) for which, name in enumerate(names, 1)]
    return web_push.send([a_letter(*targets)], wire(service.url), latest_start)[0]


def test_the_example_of_rfc_8291() -> None:
    own = ec.derive_private_key(
        int.from_bytes(unpacked("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    body = sealed(
        b"When I grow up, I want to be a watermelon",
        p256dh=unpacked(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        auth=unpacked("BTBZMqHH6r4Tts7J_aSIgg"),
        salt=unpacked("DGv6ra1nlYgDCS1FRnbzlw"),
        own=own,
    )
    assert packed(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_what_the_phone_reads_and_the_service_sees(service: Service) -> None:
    phone = Phone()
    outcome = web_push.send([a_letter(phone.target(service.endpoint("a")))], wire(service.url), None)
    assert outcome == [Accepted()]
    ((_, headers, body),) = service.taken
    assert json.loads(phone.opened(body)) == {
        "web_push": 8030,
        "notification": {
            "title": "(광고) 달빛커피",
            "lang": "ko",
            "body": "고맙습니다.\n문의 02-123-4567\n무료수신거부 알림의 ‘수신거부’ 또는 카드의 ‘내 정보’",
            "navigate": "https://dangol.test/c/moon",
            "tag": KEY,
            "actions": [{"action": "refuse", "title": "수신거부", "navigate": "https://dangol.test/o/abc"}],
        },
    }
    assert "달빛커피".encode() not in body
    names = ("ttl", "urgency", "topic", "content-encoding")
    assert [headers[name] for name in names] == ["3600", "low", KEY, "aes128gcm"]
    assert_signed(headers["authorization"], service.url)


def assert_signed(header: str, origin: str) -> None:
    """Verify the header as a push service does (RFC 8292 sections 2 and 3)."""
    scheme, _, facts = header.partition(" ")
    token, point = (part.split("=", 1)[1] for part in facts.split(", "))
    head, claims, signature = token.split(".")
    assert scheme == "vapid"
    assert json.loads(unpacked(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(unpacked(claims)) == {
        "aud": origin,
        "exp": int(NOW.timestamp()) + 12 * 3600,
        "sub": "https://dangol.test",
    }
    both = unpacked(signature)
    assert len(both) == 64
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(point)).verify(
        encode_dss_signature(int.from_bytes(both[:32], "big"), int.from_bytes(both[32:], "big")),
        f"{head}.{claims}".encode(),
        ec.ECDSA(hashes.SHA256()),
    )


def test_what_each_answer_means(service: Service) -> None:
    service.answers = {
        f"/{status}": status for status in (200, 201, 202, 307, 400, 403, 404, 410, 413, 429, 500, 502, 503)
    }
    for status in (200, 201, 202):
        assert sent(service, str(status)) == Accepted()
    for status in (404, 410):
        assert sent(service, str(status)) == Rejected(
            f"the push service answered {status}", permanent=True, gone=(1,)
        )
    for status in (307, 400, 403, 413):  # a redirect is an answer, never a way
        assert sent(service, str(status)) == Rejected(f"the push service answered {status}", permanent=True)
    assert sent(service, "429") == Rejected("the push service answered 429", retry_after_s=40.0)
    assert sent(service, "503") == Rejected("the push service answered 503")
    for status in (500, 502):  # after it rang, perhaps: once more might ring twice
        assert sent(service, str(status)) == Unknown(f"the push service answered {status}")
    assert "/elsewhere" not in [path for path, *_ in service.taken]


def test_several_browsers_of_one_person(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.answers = {"/gone": 410, "/busy": 429, "/dead": 404, "/still": "hang"}
    assert sent(service, "gone", "a", "busy") == Accepted(
        gone=(1,)
    )  # one took it: the others aren't tried again
    assert [path for path, *_ in service.taken] == ["/gone", "/a", "/busy"]  # one letter each
    assert sent(service, "gone", "busy") == Rejected(
        "the push service answered 429", retry_after_s=40.0, gone=(1,)
    )
    assert sent(service, "gone", "dead") == Rejected(
        "the push service answered 404", permanent=True, gone=(1, 2)
    )
    monkeypatch.setattr(push, "_CALL_S", 1.0)
    assert isinstance(sent(service, "still", "busy"), Unknown)
    assert sent(service, "still", "a") == Accepted()
    assert sent(service) == Rejected("no browser left", permanent=True)


def test_nothing_leaves_after_the_lease_or_without_a_key(service: Service) -> None:
    late = sent(service, "a", latest_start=net.boot_clock() - 1)
    assert isinstance(late, Rejected)
    assert not late.permanent
    letter = a_letter(Phone().target(service.endpoint("a")))
    assert web_push.send([letter], Wire(push_origin=service.url), None)[0] == Rejected(
        "no key for web push", permanent=True
    )
    too_long = replace(letter, text="가" * 1400)
    assert web_push.send([too_long], wire(service.url), None)[0] == Rejected(
        "longer than a push may be", permanent=True
    )
    assert service.taken == []


# What an attacker's own browser may claim as its address (S13).
ELSEWHERE = (
    "http://fcm.googleapis.com/fcm/send/a", "https://fcm.googleapis.com:8443/fcm/send/a",
    "https://fcm.googleapis.com:22/x", "https://user@fcm.googleapis.com/x", "https://fcm.googleapis.com@evil.test/x",
    "https://fcm.googleapis.com.evil.test/x", "https://evilfcm.googleapis.com/x", "https://sub.fcm.googleapis.com/x",
    "https://web.push.apple.com.evil.test/x", "https://evil-web.push.apple.com/x", "https://push.services.mozilla.com.evil.test/x",
    "https://.push.services.mozilla.com/x", "https://notify.windows.com.evil.test/x", "https://evilnotify.windows.com/x",
    "https://127.0.0.1/x", "https://localhost/x", "https://[::1]/x", "https://0/x", "https://2130706433/x",
    "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/x", "https://192.168.0.1/x",
    "http://127.0.0.1:6379/x", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "ftp://fcm.googleapis.com/x",
    "//fcm.googleapis.com/x", "https:///x", "", "https://fcm.googleapis.com\\@evil.test/x",
    "https://evil.test#@fcm.googleapis.com/x", "https://fcm.googleapis.com/x\r\nHost: evil.test", "https://fcm.googleapis.com",
    "https://fcm.googleapis.com/" + "x" * 1000, "https://ｆcm.googleapis.com/x", "https://fcm.googleapis.com:99999/x",
)  # fmt: skip


def test_nobody_is_called_who_is_no_push_service(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **_: called.append(asked))
    monkeypatch.setattr(socket, "create_connection", lambda *asked, **_: called.append(asked))
    for endpoint in ELSEWHERE:
        assert not is_push_service(endpoint), endpoint
        outcome = web_push.send([a_letter(Phone().target(endpoint))], wire(), None)[0]
        assert outcome == Rejected("not a push service", permanent=True, gone=(1,)), endpoint
    assert called == []
    for endpoint in (
        "https://fcm.googleapis.com/fcm/send/a:b",
        "https://updates.push.services.mozilla.com/wpush/v2/a",
        "https://wns2-pn1p.notify.windows.com/w/?token=a",
        "https://web.push.apple.com/Qa",
        "https://fcm.googleapis.com:443/fcm/send/a",
    ):
        assert is_push_service(endpoint), endpoint


def test_their_name_on_an_address_of_this_network_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Event()

    def lies(*_: object, **__: object) -> list[object]:
        asked.set()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", lies)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    for host, counts in (("fcm.googleapis.com", True), ("made-up.push.services.mozilla.com", False)):
        outcome = web_push.send([a_letter(Phone().target(f"https://{host}/x"))], wire(), None)[0]
        assert isinstance(outcome, Rejected)
        # Of a name that anybody may have made up nothing follows for the others.
        assert (asked.is_set(), outcome.permanent, outcome.transport) == (True, False, counts)


@pytest.mark.parametrize(
    ("p256dh", "auth", "good"),
    [
        (packed(Phone().point), "AAAAAAAAAAAAAAAAAAAAAA", True),
        (packed(Phone().point), "AAAAAAAAAAAAAAAAAAAAAA==", True),
        (packed(Phone().point), "AAAA", False),
        (packed(b"\4" + b"x" * 64), "AAAAAAAAAAAAAAAAAAAAAA", False),  # no point of the curve
        (packed(b"\0"), "AAAAAAAAAAAAAAAAAAAAAA", False),  # the point at infinity
        ("", "", False),
        ("가나다", "AAAAAAAAAAAAAAAAAAAAAA", False),
        ("!!!!", "AAAAAAAAAAAAAAAAAAAAAA", False),
    ],
    ids=[
        "a browser's",
        "with padding",
        "short secret",
        "no point",
        "infinity",
        "nothing",
        "not base64",
        "no letters",
    ],
)
def test_keys_that_are_a_browsers(p256dh: str, auth: str, good: bool) -> None:
    assert push.are_keys(p256dh, auth) is good
