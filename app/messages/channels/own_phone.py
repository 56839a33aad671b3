"""내 휴대폰 문자: the owner sends it with the shop's own phone, one tap each. The worker only prepares.

The state changes in `flows/own_phone.py`, when the owner says that it went out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from app.messages.contract import (
    Account,
    Asked,
    Capabilities,
    Letter,
    Lookup,
    NoAnswer,
    Outcome,
    Rejected,
    Report,
    Wire,
)

KEY = "own_phone"
LABEL = "내 휴대폰 문자"
CAPABILITIES = Capabilities(transmits=True, by_hand=True)


def sms_link(to: str, text: str) -> str:
    """Return the link that opens the phone's message app with number and text filled in (RFC 5724).

    `?&body=` is read by Android, which wants `?`, and by iOS, which wants `&`.
    """
    return f"sms:{to}?&body={quote(text, safe='')}"


def send(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    """Reject: a machine can't send these."""
    return [Rejected("sent by hand only", permanent=True) for _ in batch]


def find(asked: Sequence[Asked], wire: Wire) -> list[Lookup]:
    """Answer nothing: only the owner knows."""
    return [NoAnswer() for _ in asked]


def parse_report(headers: Mapping[str, str], body: bytes, account: Account | None = None) -> list[Report]:
    """Raise ValueError: a phone reports nothing to us."""
    raise ValueError("the shop's own phone has no delivery reports")
