"""문자(NHN Cloud): texts, long texts and texts with a picture over the shop's own NHN Cloud account.

An ad goes over NHN's addresses for ads, which want the free 080 number of the account as the very last words; the
link to refuse by stands above it. What one costs is the account's own affair (prices.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.kit.phone import digits_of
from app.kit.text import LMS_BYTES, SMS_BYTES, as_carried, carrier_bytes
from app.messages.channels.solapi import title_of
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
from app.messages.providers.nhn_http import SMS

KEY = "nhn"
LABEL = "문자(NHN Cloud)"
# One call carries one text to many, and ours differ from person to person.
CAPABILITIES = Capabilities(transmits=True, can_find=True, account="nhn", takes_photo=True)


def send(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    """Hand each letter over in a call of its own."""
    return each_account.send(
        batch,
        lambda account, letters: [_send_one(account, letter, wire, latest_start) for letter in letters],
    )


def find(asked: Sequence[Asked], wire: Wire) -> list[Lookup]:
    """Look each up by our own key, among the texts and among the long ones."""
    paths = ("/sender/sms", "/sender/mms")
    return [messages.look_up(one, service=SMS, paths=paths, rows=_listed, wire=wire) for one in asked]


def parse_report(headers: Mapping[str, str], body: bytes, account: Account | None = None) -> list[Report]:
    """Read NHN's delivery reports and refusals by 080. Raises ValueError when they are not authentic."""
    return messages.reports(headers, body, account)


def _send_one(account: Account, letter: Letter, wire: Wire, latest_start: float | None) -> Outcome:
    free_call = re.sub(r"\D", "", account.keys.get("free_call", ""))
    if letter.is_ad and not free_call:
        # Of this message alone: notices go on over the same account.
        return Rejected("an ad needs the account's own 080 number", permanent=True)
    text = as_carried(letter.text)
    if letter.is_ad:
        text = _ending_free(text, free_call)
    if carrier_bytes(text) > LMS_BYTES:
        return Rejected("longer than a long text may be", permanent=True)
    body: dict[str, Any] = {
        "body": text,
        "sendNo": account.sender,
        "recipientList": [{"recipientNo": digits_of(letter.to), "recipientGroupingKey": letter.key}],
    }
    is_short = not letter.photo and carrier_bytes(text) <= SMS_BYTES
    if not is_short:
        body["title"] = title_of(letter) or "안내"  # they take no long text without one
    if letter.photo:
        file_id = messages.upload(account, letter.photo, wire, latest_start)
        if not isinstance(file_id, int):
            return file_id
        body["attachFileIdList"] = [file_id]
    return messages.hand_over(
        letter,
        service=SMS,
        path=f"/sender/{'ad-' if letter.is_ad else ''}{'sms' if is_short else 'mms'}",
        body=body,
        rows=_results,
        wire=wire,
        latest_start=latest_start,
    )


def _ending_free(text: str, free_call: str) -> str:
    """Return an ad that ends as NHN demands: 무료수신거부 or 무료거부, and the account's own 080 number."""
    last = text.rstrip().splitlines()[-1:]
    if last and re.sub(r"\D", "", last[0]).endswith(free_call) and "거부" in last[0]:
        return text
    return f"{text.rstrip()}\n무료거부 {free_call}"


def _results(answer: dict[str, Any]) -> Any:
    body = answer.get("body")
    data = body.get("data") if isinstance(body, dict) else None
    return data.get("sendResultList") if isinstance(data, dict) else None


def _listed(answer: dict[str, Any]) -> Any:
    body = answer.get("body")
    return body.get("data") if isinstance(body, dict) else None
