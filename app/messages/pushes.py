"""Reads the browsers that let a shop push to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, exists, select

from app.customers.models import Device
from app.extensions import db
from app.kit.signing import token_hash
from app.messages.contract import Target
from app.messages.gather import RINGS
from app.messages.way_models import PushSubscription

# Of one person, the newest first: who has more phones than these is rung on those used last.
MOST = 5

_TARGETS = (
    select(
        PushSubscription.customer_id,
        PushSubscription.id,
        PushSubscription.endpoint,
        PushSubscription.p256dh,
        PushSubscription.auth,
    )
    .join(Device, RINGS)
    .where(
        PushSubscription.shop_id == bindparam("shop"),
        PushSubscription.customer_id.in_(bindparam("people", expanding=True)),
    )
    .order_by(PushSubscription.made_at.desc(), PushSubscription.id.desc())
)


def targets(session: Any, *, shop_id: int, people: Collection[int]) -> dict[int, tuple[Target, ...]]:
    """Return the browsers of each of these people that may be rung now: those that hold their card."""
    found: dict[int, list[Target]] = defaultdict(list)
    for customer_id, *facts in session.execute(_TARGETS, {"shop": shop_id, "people": sorted(people)}):
        if len(found[customer_id]) < MOST:
            found[customer_id].append(Target(*facts))
    return {customer_id: tuple(mine) for customer_id, mine in found.items()}


def rings(*, shop_id: int, customer_id: int, browser_token: str) -> bool:
    """Tell whether this very browser rings for a person's card."""
    mine = exists().where(
        PushSubscription.shop_id == shop_id,
        PushSubscription.customer_id == customer_id,
        PushSubscription.browser_hash == token_hash(browser_token),
    )
    return bool(db.session.scalar(select(mine)))


@dataclass(frozen=True)
class RungLine:
    """A browser that rings for a person, as they may read it: never its address, which lets one ring it."""

    service: str  # whose it is: "fcm.googleapis.com"
    made_at: datetime
    used_at: datetime | None


def rung_for(*, shop_id: int, customer_id: int) -> list[RungLine]:
    """Return the browsers that ring for a person, the first one first."""
    rows = db.session.execute(
        select(PushSubscription.endpoint, PushSubscription.made_at, PushSubscription.used_at)
        .where(PushSubscription.shop_id == shop_id, PushSubscription.customer_id == customer_id)
        .order_by(PushSubscription.id)
    )
    return [RungLine(urlsplit(row.endpoint).hostname or "", row.made_at, row.used_at) for row in rows]
