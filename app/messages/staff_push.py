"""A ring on the phones of somebody who works in a shop: no message to a customer, so no outbox, no cost, no consent.

Over the same push services, sealed and signed in the same way. Each phone gets it once; it has rung when one of them
took it. A second ring of the same thread takes the first one's place and sounds again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.messages.channels.web_push import DECLARATIVE, together
from app.messages.contract import Outcome, Rejected, Target, Wire
from app.messages.providers import push
from app.shops.notification_rules import Told


def payload(told: Told, *, base: str) -> bytes:
    """Return what a phone is told. `base`: our own address, before the path that a tap opens."""
    notification = {
        "title": told.title,
        "lang": "ko",
        "body": told.body,
        "navigate": base + told.path,
        "tag": told.tag,
        "renotify": True,
    }
    whole = {"web_push": DECLARATIVE, "notification": notification}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def ring(
    told: Told,
    targets: Sequence[Target],
    *,
    lasts: timedelta,
    wire: Wire,
    now: datetime,
    latest_start: float | None,
) -> Outcome:
    """Ring all phones of one person once, and say what came of it together. Never raises for a service's fault."""
    if not wire.carries_push or wire.public_url is None:
        return Rejected("no key for web push", permanent=True)
    plain = payload(told, base=wire.public_url)
    return together(
        [
            push.ring(
                target,
                plain,
                topic=told.tag,
                lasts_s=int(lasts.total_seconds()),
                is_urgent=True,
                is_alarm=True,
                wire=wire,
                now=now,
                latest_start=latest_start,
            )
            for target in targets
        ]
    )
