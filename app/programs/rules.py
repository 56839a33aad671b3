"""What other programs may do, how news to them is signed, and when it is tried again. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.kit.refusals import Invalid, NotHere, Refused

SCOPES = ("visits", "customers", "events")
EVENTS = ("visit.created", "visit.refunded", "customer.joined", "reward.used")
TEST_EVENT = "test"
# Words in Shop.uses: a program has a key · news goes out · an address was switched off by us · the own mall tells
# what is looked at.
HAS_KEYS, HAS_WEBHOOKS, WEBHOOK_STOPPED, HAS_MALL = "programs", "webhooks", "webhook_stopped", "mall"

# A busy till rings every few seconds; a program that runs wild is stopped within the minute.
CALLS_A_MINUTE = 120
KEYS_MOST, WEBHOOKS_MOST = 10, 3
KEY_PREFIX = "dgk_"
SECRET_PREFIX = "whsec_"
_KEY = re.compile(rf"{KEY_PREFIX}[A-Za-z0-9_-]{{43}}")

# A day in all: a server that is mended over night misses nothing.
PAUSES = tuple(timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, 240, 480, 480))
NEWS_LIVES = timedelta(days=1)
# An address that answered nothing good for so long is switched off, and the owner is told.
PATIENCE = timedelta(days=3)
_LONGEST_REST = timedelta(minutes=15)


class BadKey(Refused):
    """No key, or one that was never made or was ended."""

    code = "unauthorized"
    status = 401
    sentence = "연결 키가 맞지 않아요. 더보기 › 다른 프로그램과 연결에서 새로 만들어 주세요."


class NotAllowed(Refused):
    """A good key that was made for something else."""

    code = "forbidden"
    status = 403
    sentence = "이 키로는 할 수 없는 일이에요. 할 수 있는 일을 더한 키를 새로 만들어 주세요."


class TooOften(Refused):
    """More calls than a minute has room for. `wait_s`: when to come again."""

    code = "too_many_requests"
    status = 429
    sentence = "잠깐 사이에 너무 많이 불렀어요. 1분 뒤에 다시 해 주세요."

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__()


class OtherBody(Refused):
    """An Idempotency-Key that came before with something else."""

    code = "idempotency_key_reused"
    status = 422
    sentence = "같은 요청 번호로 다른 내용이 왔어요."


class OtherOrder(Refused):
    """An order's number that is another purchase here."""

    code = "order_exists"
    sentence = "같은 주문번호로 다른 구매가 이미 적혀 있어요."


class NoSuchPerson(NotHere):
    """Nobody of this shop is who was named."""

    code = "customer_not_found"
    sentence = "찾으시는 손님이 없어요."


class SafeNumber(Refused):
    """A 안심번호 (050…) changes with every order: it is nobody's identity."""

    code = "safe_number"
    status = 422
    sentence = "안심번호로는 손님을 알아볼 수 없어요. 손님의 휴대폰 번호를 보내 주세요."


class BadNumber(Refused):
    """No Korean mobile number."""

    code = "phone_invalid"
    status = 422
    sentence = "휴대폰 번호가 맞지 않아요. 예: 010-1234-5678"


class TooManyKeys(Refused):
    """More keys than anybody keeps an eye on."""

    code = "too_many_keys"
    status = 422
    sentence = f"키는 {KEYS_MOST}개까지 만들 수 있어요. 쓰지 않는 키를 먼저 끊어 주세요."


class TooManyWebhooks(Refused):
    """More addresses than a shop needs."""

    code = "too_many_webhooks"
    status = 422
    sentence = f"주소는 {WEBHOOKS_MOST}개까지 적을 수 있어요. 쓰지 않는 주소를 먼저 지워 주세요."


def looks_like_key(token: str) -> bool:
    """Tell whether this could be a key at all, before anybody looks for it."""
    return bool(_KEY.fullmatch(token))


def is_safe_number(typed: str) -> bool:
    """Tell whether a number is a 안심번호: 050 and more digits, however it is written."""
    digits = re.sub(r"\D", "", typed)
    return bool(re.fullmatch(r"(?:0|82|0082)?50\d{8,10}", digits))


@dataclass(frozen=True)
class CleanKey:
    """A key's name and what it may do, in the fixed order."""

    name: str
    scopes: tuple[str, ...]


def clean_key(*, name: str, scopes: Collection[str]) -> CleanKey:
    """Read what was typed and ticked. Raises Invalid (fields: name, scopes)."""
    called = " ".join(name.split())
    wrong: dict[str, str] = {}
    if not 1 <= len(called) <= 40:
        wrong["name"] = "어디에 쓰는 키인지 40자 안으로 적어 주세요. 예: 계산대 포스"
    chosen = tuple(scope for scope in SCOPES if scope in scopes)
    if not chosen:
        wrong["scopes"] = "이 키로 할 일을 하나 이상 골라 주세요."
    if wrong:
        raise Invalid(wrong)
    return CleanKey(called, chosen)


@dataclass(frozen=True)
class CleanWebhook:
    """Where news goes, and which."""

    url: str
    events: tuple[str, ...]


def clean_webhook(*, url: str, events: Collection[str]) -> CleanWebhook:
    """Read what was pasted and ticked. Raises Invalid (fields: url, events).

    Whether the name leads to a public machine is asked with every call (kit/net.py), not here: names move.
    """
    wrong: dict[str, str] = {}
    pasted = url.strip()
    if not _is_https(pasted):
        wrong["url"] = "https://로 시작하는 주소를 그대로 붙여 넣어 주세요. 포스 회사나 개발자가 알려 줘요."
    chosen = tuple(event for event in EVENTS if event in events)
    if not chosen:
        wrong["events"] = "어떤 소식을 보낼지 하나 이상 골라 주세요."
    if wrong:
        raise Invalid(wrong)
    return CleanWebhook(pasted, chosen)


def _is_https(url: str) -> bool:
    if not (url.isascii() and url.isprintable()) or " " in url or len(url) > 300:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    has_name = bool(parts.hostname) and "." in (parts.hostname or "")
    return parts.scheme == "https" and has_name and not (parts.username or parts.fragment) and port != 0


def signature(secret: str, *, ref: str, at: int, body: bytes) -> str:
    """Return the webhook-signature header: "v1,<base64>" (Standard Webhooks 1.0, HMAC-SHA256).

    `secret` as the owner copied it, "whsec_" and base64; `at` unix seconds. Signed is "<id>.<timestamp>.<body>".
    """
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{ref}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def next_try(*, tries: int, at: datetime, now: datetime) -> datetime | None:
    """Return when news that failed is tried again, None when a day is over. `at`: when it was written."""
    due = now + PAUSES[min(tries, len(PAUSES)) - 1]
    return due if due <= at + NEWS_LIVES else None


def rest(failures: int) -> timedelta:
    """Return how long an address is left alone after so many failures in a row: its other news waits too."""
    return min(timedelta(seconds=15 * 2 ** min(failures, 10)), _LONGEST_REST)


def gives_up(*, failing_since: datetime | None, now: datetime) -> bool:
    """Tell whether an address has answered nothing good for too long."""
    return failing_since is not None and now - failing_since >= PATIENCE
