"""Reads whether the database was put back from a backup lately: what it calls unsent may have gone out before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from app.kit.columns import UtcDateTime
from app.messages.contract import Capabilities
from app.messages.way_models import Restore

# What came round in the lost time comes round again after it: for so long a provider is asked before it is sent.
ASKS_FOR = timedelta(days=1)
# Where nobody can be asked, what was due by then, or was planned by what came round first, waits for the owner.
HOLDS_FOR = timedelta(minutes=15)
# What lies in the by-hand queue was sent by the owner, whom alone anybody can ask: for so long that is done.
ASKS_OWNER_FOR = timedelta(days=3)
KEPT_FOR = ASKS_OWNER_FOR + timedelta(days=1)
# Somebody was asked, or it was tried here: the doubt is over.
CLEAR = ("asked", "retry")

ASKS_FIRST = "백업에서 되돌린 뒤라, 이미 보냈는지 먼저 확인해요."
HOLDS = "백업에서 되돌린 뒤라 이미 나갔을 수 있어요. 확인해 주세요."
_LAST = (
    select(Restore.at, Restore.is_sure)
    .where(Restore.at > bindparam("since", type_=UtcDateTime()))
    .order_by(Restore.at.desc())
)


# A provider lists a month at most, so many days on either side of the moment it is asked about.
_LOOKS_BACK = timedelta(days=12)
_LOST = select(func.min(Restore.backup_at), func.max(Restore.at))


@dataclass(frozen=True, slots=True)
class Doubt:
    """What may have gone out before the database was put back."""

    asks_until: datetime  # due by then: ask first, where somebody can be asked
    holds_until: datetime | None  # due by then: leave it to the owner, where nobody can

    def about(self, row: Any, can: Capabilities) -> str:
        """Return why a row is not simply sent, or ""."""
        if row.code in CLEAR or row.tries or not can.transmits or can.by_hand:
            return ""
        if can.can_find:
            return ASKS_FIRST if row.due_at <= self.asks_until else ""
        return HOLDS if self.holds_until is not None and row.due_at <= self.holds_until else ""


def doubt(session: Any, *, now: datetime) -> Doubt | None:
    """Return what is doubtful at this moment, or None: for a day after a restore, and never otherwise."""
    rows = session.execute(_LAST, {"since": now - ASKS_FOR}).all()
    if not rows:
        return None
    sure = [row.at for row in rows if row.is_sure]
    asks = max(max(row.at for row in rows), max(sure) + ASKS_FOR if sure else rows[0].at)
    return Doubt(asks, max(sure) + HOLDS_FOR if sure else None)


def lost_since(session: Any) -> datetime | None:
    """Return from when on what was sent may be known to its provider alone; None when nothing was put back lately.

    What is planned anew was sent hours before it was written down.
    """
    backup_at, at = session.execute(_LOST).one()
    if at is None:
        return None
    furthest: datetime = at - _LOOKS_BACK
    return furthest if backup_at is None else max(backup_at, furthest)
