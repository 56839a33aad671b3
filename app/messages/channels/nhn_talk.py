"""알림톡(NHN Cloud): an approved text over the shop's own Kakao channel. Never an ad, and never a text of our own.

NHN sends a plain text instead where AlimTalk fails, if the console says so: each message switches that off
(`isResend`). The text instead is a new message of ours, asked about at the gate as any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.kit.phone import digits_of
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
from app.messages.providers import nhn_messages as messages
from app.messages.providers.nhn_http import TALK

KEY = "nhn_talk"
LABEL = "알림톡(NHN Cloud)"
# One in a call: the key that keeps a message from going twice belongs to the whole call.
CAPABILITIES = Capabilities(transmits=True, can_find=True, account="nhn", is_template=True)


def send(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    """Hand each letter over in a call of its own; what has no approved text is refused here."""
    return each_account.send(
        batch,
        lambda account, letters: [_send_one(account, letter, wire, latest_start) for letter in letters],
    )


def find(asked: Sequence[Asked], wire: Wire) -> list[Lookup]:
    """Look each up by our own key."""
    return [
        messages.look_up(one, service=TALK, paths=("/messages",), rows=_listed, wire=wire) for one in asked
    ]


def parse_report(headers: Mapping[str, str], body: bytes, account: Account | None = None) -> list[Report]:
    """Read NHN's delivery reports. Raises ValueError when they are not authentic."""
    return messages.reports(headers, body, account)


def _send_one(account: Account, letter: Letter, wire: Wire, latest_start: float | None) -> Outcome:
    template = letter.template
    profile = account.settings.get("profile")
    if letter.is_ad:
        return Rejected("an ad may not go by AlimTalk", permanent=True)
    if template is None or not template.code:
        return Rejected("no approved text", permanent=True)
    if not profile or not account.keys.get("talk_app_key"):
        return Rejected("no Kakao profile", permanent=True)
    recipient = {
        "recipientNo": digits_of(letter.to),
        "templateParameter": {
            name.removeprefix("#{").removesuffix("}"): value for name, value in template.variables.items()
        },
        "resendParameter": {"isResend": False},
        "recipientGroupingKey": letter.key,
    }
    return messages.hand_over(
        letter,
        service=TALK,
        path="/messages",
        body={"senderKey": profile, "templateCode": template.code, "recipientList": [recipient]},
        rows=_results,
        wire=wire,
        latest_start=latest_start,
    )


def _results(answer: dict[str, Any]) -> Any:
    message = answer.get("message")
    return message.get("sendResults") if isinstance(message, dict) else None


def _listed(answer: dict[str, Any]) -> Any:
    found = answer.get("messageSearchResultResponse")
    return found.get("messages") if isinstance(found, dict) else None
