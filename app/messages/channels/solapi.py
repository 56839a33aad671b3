"""문자(솔라피): texts, long texts and texts with a picture over the shop's own SOLAPI account.

What one costs is the account's own affair (prices.py). Of several shops' letters each goes over its own account.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import groupby
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
from app.messages.providers import solapi_messages as messages

KEY = "solapi"
LABEL = "문자(솔라피)"
CAPABILITIES = Capabilities(
    transmits=True, max_batch=50, can_find=True, account="solapi", takes_photo=True
)  # fmt: skip

NO_ACCOUNT = Rejected("the shop has no account that is on", retry_after_s=60.0, is_try=False)


def send(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    """Hand the letters over, one call for each account."""
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
    pictures: dict[str, str | Outcome] = {}
    for place, letter in enumerate(letters):
        text = as_carried(letter.text)
        if carrier_bytes(text) > LMS_BYTES:
            outcomes[place] = Rejected("longer than a long text may be", permanent=True)
            continue
        picture: str | Outcome = ""
        if letter.photo:
            digest = hashlib.sha256(letter.photo).hexdigest()
            if digest not in pictures:  # one picture for all whom it goes to
                pictures[digest] = messages.upload(account, letter.photo, wire, latest_start)
            picture = pictures[digest]
        if isinstance(picture, str):
            written[place] = _message(letter, text, picture, account)
        else:
            outcomes[place] = picture
    if written:
        taken = messages.hand_over(
            account, [letters[place] for place in written], list(written.values()), wire, latest_start
        )
        outcomes.update(zip(written, taken, strict=True))
    return [outcomes[place] for place in range(len(letters))]


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
