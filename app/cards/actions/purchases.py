"""What one visit moved on a card: the lines it earned, and what was used at it. Flush, never commit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.cards.extras import at_visit
from app.cards.history import undone
from app.cards.models import LedgerEntry, Redemption, Reward
from app.visits.models import Visit


def earned_at(session: Any, *, visit: Visit) -> list[LedgerEntry]:
    """Return the standing stamps of a visit, the newest first."""
    return list(
        session.scalars(
            select(LedgerEntry)
            .where(
                LedgerEntry.shop_id == visit.shop_id,
                LedgerEntry.visit_id == visit.id,
                LedgerEntry.kind == "earn",
                ~undone(),
            )
            .order_by(LedgerEntry.id.desc())
        )
    )


def used_at(session: Any, *, visit: Visit) -> list[int]:
    """Return the standing uses of rewards at a visit."""
    return list(
        session.scalars(
            select(Redemption.id)
            .join(Reward, (Reward.shop_id == Redemption.shop_id) & (Reward.id == Redemption.reward_id))
            .where(
                Redemption.shop_id == visit.shop_id,
                Redemption.reversed_at.is_(None),
                at_visit(
                    Redemption.visit_id, Redemption.at, visit, whose=Reward.customer_id == visit.customer_id
                ),
            )
            .order_by(Redemption.id)
        )
    )


def spent_at(session: Any, *, visit: Visit) -> list[LedgerEntry]:
    """Return the standing lines of points that were spent at a visit."""
    return list(
        session.scalars(
            select(LedgerEntry)
            .where(
                LedgerEntry.shop_id == visit.shop_id,
                LedgerEntry.kind == "redeem",
                ~undone(),
                at_visit(
                    LedgerEntry.visit_id,
                    LedgerEntry.at,
                    visit,
                    whose=LedgerEntry.customer_id == visit.customer_id,
                ),
            )
            .order_by(LedgerEntry.id)
        )
    )


def corrections_of(session: Any, *, entry: LedgerEntry) -> list[LedgerEntry]:
    """Return the standing lines by which an amount that was typed in later changed a stamp's points."""
    return list(
        session.scalars(
            select(LedgerEntry).where(
                LedgerEntry.shop_id == entry.shop_id,
                LedgerEntry.part_of_id == entry.id,
                LedgerEntry.kind == "adjust",
                LedgerEntry.how == "amount",
                ~undone(),
            )
        )
    )
