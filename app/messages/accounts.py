"""Reads a shop's own accounts with message providers. Their keys are opened only for a call, never for a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.extensions import db, setting
from app.kit.sealing import Unreadable, seal, unseal
from app.messages.contract import Account
from app.messages.way_models import ChannelAccount

_PURPOSE = "channel-account"
# Asked for every message that travels by one: built once.
_ON = select(ChannelAccount.provider).where(
    ChannelAccount.shop_id == bindparam("shop"), ChannelAccount.state == "on"
)
_THE_ONE = select(
    ChannelAccount.sealed, ChannelAccount.sender, ChannelAccount.settings, ChannelAccount.state
).where(ChannelAccount.shop_id == bindparam("shop"), ChannelAccount.provider == bindparam("provider"))


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as a page shows it: nothing secret, and of the key only how it ends."""

    provider: str
    state: str  # on | off | wrong | paused
    detail: str  # why, in the owner's words, or ""
    sender: str
    key_end: str  # the last four letters of the key
    hook: str
    tested_at: datetime | None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_on(self) -> bool:
        """Tell whether messages travel by it."""
        return self.state == "on"


def account(session: Any, *, shop_id: int, provider: str) -> Account | None:
    """Return an account that is on, its keys readable; None when there is none or its keys can't be read."""
    row = session.execute(_THE_ONE, {"shop": shop_id, "provider": provider}).one_or_none()
    return _opened(row, shop_id, provider) if row is not None and row.state == "on" else None


def any_state(session: Any, *, shop_id: int, provider: str) -> Account | None:
    """Return an account as `account` does, also one that is off, wrong or paused: to try it, to ask about it."""
    row = session.execute(_THE_ONE, {"shop": shop_id, "provider": provider}).one_or_none()
    return None if row is None else _opened(row, shop_id, provider)


def on(session: Any, shop_id: int) -> frozenset[str]:
    """Return the providers by which this shop's messages may travel."""
    return frozenset(session.scalars(_ON, {"shop": shop_id}))


def sealed_keys(keys: Mapping[str, str], *, shop_id: int, provider: str) -> str:
    """Return the keys encrypted, readable only as this shop's with this provider."""
    text = json.dumps(dict(keys), ensure_ascii=False, sort_keys=True)
    return seal(setting("MASTER_KEY"), _PURPOSE, text, bound_to=f"{shop_id}:{provider}")


def views(shop_id: int) -> dict[str, AccountView]:
    """Return the shop's accounts by provider."""
    rows = db.session.scalars(
        select(ChannelAccount).where(ChannelAccount.shop_id == shop_id).order_by(ChannelAccount.id)
    )
    return {
        row.provider: AccountView(
            provider=row.provider,
            state=row.state,
            detail=row.detail,
            sender=row.sender,
            key_end=str(row.settings.get("key_end", "")),
            hook=row.hook,
            tested_at=row.tested_at,
            settings=row.settings,
        )
        for row in rows
    }


def _opened(row: Any, shop_id: int, provider: str) -> Account | None:
    try:
        text = unseal(setting("MASTER_KEY"), _PURPOSE, row.sealed, bound_to=f"{shop_id}:{provider}")
        keys = json.loads(text)
    except (Unreadable, ValueError):  # restored from a backup without its master key
        return None
    return Account(
        shop_id=shop_id,
        provider=provider,
        sender=row.sender,
        keys={str(name): str(value) for name, value in keys.items()},
        settings=row.settings,
    )
