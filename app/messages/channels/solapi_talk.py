"""알림톡(솔라피): an approved text over the shop's own Kakao channel. Never an ad, and never a text of our own.

Kakao's partners send a plain text instead when AlimTalk fails, by themselves and at their own price: that is
switched off (`disableSms`). The text instead is a new message of ours, asked about at the gate as any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
from app.messages.providers import each_account
from app.messages.providers import solapi_messages as messages

KEY = "solapi_talk"
LABEL = "알림톡(솔라피)"
CAPABILITIES = Capabilities(transmits=True, max_batch=50, can_find=True, account="solapi", is_template=True)


def send(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    """Hand the letters over, one call for each account; what has no approved text is refused here."""
    return each_account.send(
        batch, lambda account, letters: _send_of_one(account, letters, wire, latest_start)
    )


def find(asked: Sequence[Asked], wire: Wire) -> list[Lookup]:
    """Look each up at SOLAPI by the number it went to and our own key."""
    return messages.look_up(asked, wire)


def parse_report(headers: Mapping[str, str], body: bytes, account: Account | None = None) -> list[Report]:
    """Read SOLAPI's delivery reports. Raises ValueError when they are not authentic."""
    return messages.reports(headers, body, account)


def _send_of_one(
    account: Account, letters: Sequence[Letter], wire: Wire, latest_start: float | None
) -> list[Outcome]:
    def write(letter: Letter) -> dict[str, Any] | Outcome:
        fault = _fault(letter, account)
        return Rejected(fault, permanent=True) if fault else _message(letter, account)

    return messages.write_and_hand_over(account, letters, write, wire, latest_start)


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
