"""알림톡(솔라피): an approved text over the shop's own Kakao channel. Never an ad, and never a text of our own.

Kakao's partners send a plain text instead when AlimTalk fails, by themselves and at their own price: that is
switched off (`disableSms`). The text instead is a new message of ours, asked about at the gate as any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from app.messages.channels.solapi import NO_ACCOUNT
from app.messages.contract import (
    Account,
    Asked,
    Capabilities,
    Letter,
    Lookup,
    Outcome,
    Rejected,
    Report,
    Wire,
)
from app.messages.providers import solapi_messages as messages

KEY = "solapi_talk"
LABEL = "알림톡(솔라피)"
CAPABILITIES = Capabilities(transmits=True, max_batch=50, can_find=True, account="solapi", is_template=True)


def send(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    """Hand the letters over, one call for each account; what has no approved text is refused here."""
    outcomes: list[Outcome] = []
    for _, group in groupby(batch, key=lambda letter: letter.account and letter.account.shop_id):
        outcomes += _send_of_one(list(group), wire, latest_start)
    return outcomes


def find(asked: Sequence[Asked], wire: Wire) -> list[Lookup]:
    """Look each up at SOLAPI by the number it went to and our own key."""
    return messages.look_up(asked, wire)


def parse_report(headers: Mapping[str, str], body: bytes, account: Account | None = None) -> list[Report]:
    """Read SOLAPI's delivery reports. Raises ValueError when they are not authentic."""
    return messages.reports(headers, body, account)


def _send_of_one(letters: list[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    account = letters[0].account
    if account is None:
        return [NO_ACCOUNT for _ in letters]
    outcomes: dict[int, Outcome] = {}
    written: dict[int, dict[str, Any]] = {}
    for place, letter in enumerate(letters):
        fault = _fault(letter, account)
        if fault:
            outcomes[place] = Rejected(fault, permanent=True)
        else:
            written[place] = _message(letter, account)
    if written:
        taken = messages.hand_over(
            account, [letters[place] for place in written], list(written.values()), wire, latest_start
        )
        outcomes.update(zip(written, taken, strict=True))
    return [outcomes[place] for place in range(len(letters))]


def _fault(letter: Letter, account: Account) -> str:
    if letter.is_ad:
        return "an ad may not go by AlimTalk"
    if letter.template is None or not letter.template.code:
        return "no approved text"
    return "" if account.settings.get("profile") else "no Kakao profile"


def _message(letter: Letter, account: Account) -> dict[str, Any]:
    template = letter.template
    assert template is not None  # _fault asked
    talk = {
        "pfId": account.settings["profile"],
        "templateId": template.code,
        "variables": dict(template.variables),
        "disableSms": True,
    }
    return {**messages.addressed(letter, account), "type": "ATA", "kakaoOptions": talk}
