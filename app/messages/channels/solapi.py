"""문자(솔라피): texts, long texts and texts with a picture over the shop's own SOLAPI account.

What one costs is the account's own affair (prices.py). Of several shops' letters each goes over its own account.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from app.kit.text import LMS_BYTES, SMS_BYTES, SUBJECT_BYTES, as_carried, carrier_bytes
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
from app.messages.forms import LABEL as AD_LABEL
from app.messages.providers import each_account
from app.messages.providers import solapi_messages as messages

KEY = "solapi"
LABEL = "문자(솔라피)"
CAPABILITIES = Capabilities(
    transmits=True, max_batch=50, can_find=True, account="solapi", takes_photo=True
)  # fmt: skip


def send(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    """Hand the letters over, one call for each account."""
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
    pictures: dict[str, str | Outcome] = {}

    def write(letter: Letter) -> dict[str, Any] | Outcome:
        text = as_carried(letter.text)
        if carrier_bytes(text) > LMS_BYTES:
            return Rejected("longer than a long text may be", permanent=True)
        picture: str | Outcome = ""
        if letter.photo:
            digest = hashlib.sha256(letter.photo).hexdigest()
            if digest not in pictures:  # one picture for all whom it goes to
                pictures[digest] = messages.upload(account, letter.photo, wire, latest_start)
            picture = pictures[digest]
        return _message(letter, text, picture, account) if isinstance(picture, str) else picture

    return messages.write_and_hand_over(account, letters, write, wire, latest_start)


def _message(letter: Letter, text: str, picture: str, account: Account) -> dict[str, Any]:
    """Return the message as SOLAPI wants it. Its form is said, never guessed there: the form is what it costs."""
    row = {**messages.addressed(letter, account), "text": text, "autoTypeDetect": False}
    if picture:
        row |= {"type": "MMS", "imageId": picture}
    elif carrier_bytes(text) <= SMS_BYTES:
        return row | {"type": "SMS"}
    else:
        row |= {"type": "LMS"}
    subject = title_of(letter)
    return row | {"subject": subject} if subject else row


def title_of(letter: Letter) -> str:
    """Return the line above a long text: who writes, and whether it is an ad (the body says both as well)."""
    if not letter.shop_name:
        return ""
    name = as_carried(letter.shop_name)
    form = f"{AD_LABEL}{{}}" if letter.is_ad else "[{}]"
    while name and carrier_bytes(form.format(name)) > SUBJECT_BYTES:
        name = name[:-1].rstrip()
    return form.format(name) if name else ""
