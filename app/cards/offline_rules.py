"""What a stamp scanned without a network needs to count by itself, and why it may not. Pure."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kit.signing import same

# A phone keeps no more, and what is older goes to the owner.
MOST = 50
OLDEST = timedelta(hours=24)
# The phone's clock is corrected by the server's; this much is left for a battery that was pulled meanwhile.
AHEAD = timedelta(minutes=2)

# What the owner reads beside a stamp that did not count by itself. Also the codes of the refusals in rules.py.
WHY = {
    "late": "하루가 지나서 들어왔어요",
    "clock": "찍은 휴대폰의 시계가 맞지 않았어요",
    "too_soon": "가까운 때에 찍은 도장이 또 있어요",
    "over_cap": "그날 받을 수 있는 도장을 넘었어요",
    "already_used": "이미 쓴 QR이에요",
    "old_code": "찍을 때 이미 시간이 지난 QR이었어요",
    "old_print": "이제 쓰지 않는 종이 카드예요",
    "forged_print": "우리가 인쇄한 종이 카드가 아니에요",
    "foreign_code": "우리 가게 카드가 아니에요",
    "unknown_code": "카드의 QR이 아니에요",
    "unsigned": "우리 직원의 휴대폰에서 찍었는지 알 수 없어요",
    "signed_out": "찍을 때 로그아웃된 휴대폰이었어요",
}
OTHERWISE = "그대로는 찍을 수 없었어요"


@dataclass(frozen=True)
class Scan:
    """What a phone kept: its own id, whose key signed it (a session's id), the text, the moment in unix ms."""

    client_id: str
    session_id: int
    text: str
    at_ms: int
    mac: str


def mac_of(key: bytes, scan: Scan) -> str:
    """Return the hex HMAC-SHA256 that a scan's words must carry: "<id>.<ms>.<text>"."""
    words = f"{scan.client_id}.{scan.at_ms}.{scan.text}"
    return hmac.new(key, words.encode(), hashlib.sha256).hexdigest()


def is_signed(key: bytes, scan: Scan) -> bool:
    """Tell whether the phone that holds `key` wrote this scan down."""
    return same(mac_of(key, scan), scan.mac)


def wrong_time(*, at: datetime, now: datetime) -> str:
    """Return why a scan's moment keeps it from counting by itself: "late", "clock", or ""."""
    if at > now + AHEAD:
        return "clock"
    return "late" if now - at > OLDEST else ""


def why(reason: str) -> str:
    """Return the owner's sentence for a reason."""
    return WHY.get(reason, OTHERWISE)


def tail_of(text: str) -> str:
    """Return the last four letters of a card's reference in a scanned text, as the phone shows them; "" without one."""
    parts = text.strip().upper().split(".")
    if len(parts) != 3 or parts[0] not in ("D1", "P1") or not parts[1].isalnum() or not parts[1].isascii():
        return ""
    return parts[1][-4:]
