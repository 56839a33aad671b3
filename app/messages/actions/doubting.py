"""The database was put back: what it calls unsent perhaps went out. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.messages import gather, registry
from app.messages.actions import budget, departing
from app.messages.actions.claims import Hold, change


def wait(
    session: Any,
    row: Any,
    hold: Hold,
    *,
    is_ad: bool,
    address_key: str,
    why: str,
    kept: str,
    won: int,
    now: datetime,
) -> None:
    """Let a claimed row wait until whoever can be asked was asked, or its owner looked.

    Until then it counts as what went, for cap and budget; recording.settle frees both if it never did. Where the
    budget has nothing left for it, it is charged when it is found. `kept`: the words it would have gone with, of
    which no other trace is left. `won`: what it costs.
    """
    if is_ad:
        departing.grant_ad(session, row, now)
    if won:
        budget.charge(session, shop_id=row.shop_id, costs={row.id: won}, now=now)
    change(
        session,
        hold,
        "claimed",
        state="unknown",
        code="unknown",
        reason=why,
        text=kept,
        address_key="" if registry.kind(row.kind).to_typed_number else address_key,
        lease_ms=gather.database_ms(session),
    )
