"""카드 편지함: the customer opens the card and finds it. Nothing is transmitted, so nothing can fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.messages.contract import (
    Accepted,
    Account,
    Asked,
    Capabilities,
    Found,
    Letter,
    Lookup,
    Outcome,
    Report,
    Wire,
)

KEY = "card"
LABEL = "카드 편지함"
CAPABILITIES = Capabilities(transmits=False, max_batch=50, can_find=True)


def send(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    """Accept everything: the row itself is the letter."""
    return [Accepted() for _ in batch]


def find(asked: Sequence[Asked], wire: Wire) -> list[Lookup]:
    """Say that all are there, for the same reason."""
    return [Found() for _ in asked]


def parse_report(headers: Mapping[str, str], body: bytes, account: Account | None = None) -> list[Report]:
    """Raise ValueError: nobody reports about our own page."""
    raise ValueError("the card has no delivery reports")
