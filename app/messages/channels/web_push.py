"""휴대폰 알림: a push to the browsers that hold the person's card, over the push services those browsers use.

Each browser gets the letter once. It has arrived when one of them took it: the others are the same person's, and
trying again for them would ring the one that has it a second time. A push service can't be asked what it took, so
what stays unclear is never sent again. A repeat of the same letter takes the place of the first, in the push
service (Topic) as on the phone (tag).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.messages import push_form
from app.messages.contract import (
    Accepted,
    Account,
    Asked,
    Capabilities,
    Letter,
    Lookup,
    NoAnswer,
    Outcome,
    Rejected,
    Report,
    Unknown,
    Wire,
)
from app.messages.providers import push

KEY = "web_push"
LABEL = "휴대폰 알림"
CAPABILITIES = Capabilities(transmits=True, address="push", consent="ads_push")
# What Safari reads by itself and our service worker reads elsewhere (W3C Push API, declarative push messages).
DECLARATIVE = 8030


def send(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    """Hand each letter over to all browsers of its person."""
    return [_send_one(letter, wire, latest_start) for letter in batch]


def find(asked: Sequence[Asked], wire: Wire) -> list[Lookup]:
    """Answer nothing: a push service can't be asked what it took."""
    return [NoAnswer() for _ in asked]


def parse_report(headers: Mapping[str, str], body: bytes, account: Account | None = None) -> list[Report]:
    """Raise ValueError: receipts of push services are not asked for."""
    raise ValueError("web push has no delivery reports")


def payload(letter: Letter) -> bytes:
    """Return what the phone is told: what stands on the lock screen and which page of ours a tap opens."""
    told: dict[str, Any] = {
        "title": letter.subject,
        "lang": "ko",
        "body": letter.text,
        "navigate": letter.link,
        "tag": letter.key,
    }
    if letter.is_ad:
        told["actions"] = [{"action": "refuse", "title": push_form.REFUSE, "navigate": letter.opt_out}]
    whole = {"web_push": DECLARATIVE, "notification": told}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _send_one(letter: Letter, wire: Wire, latest_start: float | None) -> Outcome:
    if not wire.carries_push:
        return Rejected("no key for web push", permanent=True)
    plain = payload(letter)
    if len(plain) > push.PAYLOAD_MOST:
        return Rejected("longer than a push may be", permanent=True)
    return together(
        [
            push.ring(
                target,
                plain,
                topic=letter.key,
                lasts_s=letter.lasts_s,
                is_urgent=not letter.is_ad,
                wire=wire,
                now=letter.at,
                latest_start=latest_start,
            )
            for target in letter.targets
        ]
    )


def together(said: Sequence[Outcome]) -> Outcome:
    """Return what the answers about all browsers of one person come to."""
    refused = [each for each in said if isinstance(each, Rejected)]
    gone = tuple(which for each in refused for which in each.gone)
    if any(isinstance(each, Accepted) for each in said):
        return Accepted(gone=gone)
    for each in said:
        if isinstance(each, Unknown):
            return each
    again = [each for each in refused if not each.permanent]
    if not again:
        return Rejected(refused[-1].detail if refused else "no browser left", permanent=True, gone=gone)
    return Rejected(
        again[0].detail,
        retry_after_s=max((each.retry_after_s or 0.0 for each in again), default=0.0) or None,
        transport=all(each.transport for each in again),
        gone=gone,
    )
