"""Stamps scanned without a network: each is written down once, and decided once. Flush, never commit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from app.cards.counter_models import OfflineEvent
from app.cards.history import undone
from app.cards.models import LedgerEntry
from app.cards.rules import NOBODY_THERE


def event_by_client_id(session: Any, *, shop_id: int, client_id: str) -> OfflineEvent | None:
    """Return what became of a scan that was sent before."""
    found: OfflineEvent | None = session.scalar(
        select(OfflineEvent).where(OfflineEvent.shop_id == shop_id, OfflineEvent.client_id == client_id)
    )
    return found


def event(session: Any, *, shop_id: int, offline_id: int) -> OfflineEvent | None:
    """Return a scan of this shop as it is now."""
    found: OfflineEvent | None = session.scalar(
        select(OfflineEvent)
        .where(OfflineEvent.shop_id == shop_id, OfflineEvent.id == offline_id)
        .execution_options(populate_existing=True)
    )
    return found


def add_event(session: Any, *, shop_id: int, client_id: str, **facts: Any) -> OfflineEvent:
    """Write a scan down. Raises IntegrityError when its client id is there already."""
    made = OfflineEvent(shop_id=shop_id, client_id=client_id, **facts)
    session.add(made)
    session.flush()
    return made


def decide(session: Any, *, shop_id: int, offline_id: int, state: str, by: int, now: datetime) -> bool:
    """Move a listed scan to its end by one conditional update; False when somebody did before."""
    done = session.execute(
        update(OfflineEvent)
        .where(OfflineEvent.shop_id == shop_id, OfflineEvent.id == offline_id, OfflineEvent.state == "listed")
        .values(state=state, decided_at=now, decided_by=by)
    )
    return bool(done.rowcount == 1)


def count_listed(session: Any, *, shop_id: int) -> int:
    """Return how many scans of the shop wait for the owner."""
    return int(
        session.scalar(
            select(func.count(OfflineEvent.id)).where(
                OfflineEvent.shop_id == shop_id, OfflineEvent.state == "listed"
            )
        )
    )


def nearest_earn(
    session: Any, *, shop_id: int, card_id: int, at: datetime, within: timedelta
) -> datetime | None:
    """Return the moment of a standing stamp of the card close to `at`, before or after it; the nearest one."""
    found = session.scalars(
        select(LedgerEntry.at).where(
            LedgerEntry.shop_id == shop_id,
            LedgerEntry.card_id == card_id,
            LedgerEntry.kind == "earn",
            LedgerEntry.how.not_in(NOBODY_THERE),
            LedgerEntry.at > at - within,
            LedgerEntry.at < at + within,
            ~undone(),
        )
    )
    return min(found, key=lambda moment: abs(moment - at), default=None)
