"""Was this database put back from a backup? Then what looks unsent may have gone out: it is asked for first.

Looked at once, before anything is sent. See app/kit/alive.py for how a restored folder betrays itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy import case, delete, or_, select, update

from app.flows.unit import write
from app.kit import alive
from app.messages import gather, restores, turns
from app.messages.models import ClockLease, Message
from app.messages.way_models import Restore
from app.shops import notifying

log = structlog.get_logger(__name__)

# Off for longer than this it may as well have been a backup of the whole machine, which leaves no trace.
PERHAPS_AFTER_S = 10 * 60
# What was asked about, or tried, before the backup says nothing of the time that was lost.
_ASK_ANEW = (
    update(Message)
    .where(turns.still_open(Message, "ready"), or_(Message.code.in_(restores.CLEAR), Message.tries > 0))
    .values(code=case((Message.code.in_(restores.CLEAR), ""), else_=Message.code), tries=0)
    .execution_options(synchronize_session=False)
)
# The file may be ahead of the database by the moment between the two.
_SLACK_MS = 60 * 1000


def look(*, mark: Path, now: datetime) -> str:
    """Note whether the database was restored since it was last at work; returns "", "perhaps" or "surely".

    `mark`: the file that `keep` writes.
    """
    left = alive.read(mark)
    with write() as session:
        seen_ms = session.scalar(select(ClockLease.seen_ms).where(ClockLease.name == "clock"))
        if not seen_ms:
            return ""  # an installation that never sent anything
        off_s = (gather.database_ms(session) - seen_ms) / 1000
        if left is None:
            found = "surely" if off_s > PERHAPS_AFTER_S else ""
        elif left.at_ms > seen_ms + _SLACK_MS or not left.is_original:
            found = "surely"
        else:
            found = "perhaps" if off_s > PERHAPS_AFTER_S else ""
        if found:
            session.execute(delete(Restore).where(Restore.at < now - restores.KEPT_FOR))
            backup_at = datetime.fromtimestamp(seen_ms / 1000, UTC)
            session.add(Restore(at=now, is_sure=found == "surely", backup_at=backup_at))
            session.execute(_ASK_ANEW)
            if found == "surely":  # a push service can't be asked what it took: nobody is rung twice
                notifying.let_all_go(session)
            log.warning("database_restored", how=found, off_s=round(off_s))
        return found


def keep(*, mark: Path) -> None:
    """Leave the mark that this database is at work, after the database itself noted it."""
    with write() as session:
        seen_ms = session.scalar(select(ClockLease.seen_ms).where(ClockLease.name == "clock"))
    if seen_ms:
        try:
            alive.write(mark, seen_ms)
        except OSError as fault:
            log.warning("mark_not_written", fault=type(fault).__name__)
