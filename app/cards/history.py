"""What moved on the cards, line by line, with who did it: today's list and one card's ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.cards.models import LedgerEntry, Redemption, Reward
from app.customers.models import Customer
from app.extensions import db
from app.kit.clock import kst_day, start_of_day
from app.shops.models import Staff


@dataclass(frozen=True)
class CounterLine:
    """One line of a list of stamps and uses. `id`: the ledger entry, or the redemption for kind "use"."""

    kind: str  # earn | fill | reverse | refuse | use
    id: int
    card_id: int
    name: str
    delta: int
    at: datetime
    how: str
    reason: str
    what: str  # the reward's name, for "use"
    staff: str
    undone: bool
    visit_count: int  # of the person, until now

    @property
    def can_undo(self) -> bool:
        """Whether 적립 취소 or 사용 취소 makes sense here."""
        return self.kind in ("earn", "use") and not self.undone


def today(*, shop_id: int, now: datetime, limit: int = 60) -> list[CounterLine]:
    """Return today's stamps and uses, newest first, each with whether it was taken back."""
    since = start_of_day(kst_day(now))
    entries = _entries(shop_id, LedgerEntry.at >= since, LedgerEntry.kind == "earn", limit=limit)
    uses = _uses(shop_id, Redemption.at >= since, limit=limit)
    return _newest(entries + uses, limit)


def lines_of(*, shop_id: int, card_id: int, limit: int = 60) -> list[CounterLine]:
    """Return everything that moved one card, newest first: why its balance is what it is."""
    entries = _entries(shop_id, LedgerEntry.card_id == card_id, limit=limit)
    uses = _uses(shop_id, Reward.card_id == card_id, limit=limit)
    return _newest(entries + uses, limit)


def people_stamped(*, shop_id: int, staff_id: int, since: datetime) -> int:
    """Return how many cards somebody of the staff has stamped since then, without those taken back."""
    query = select(func.count(LedgerEntry.card_id.distinct())).where(
        LedgerEntry.shop_id == shop_id,
        LedgerEntry.staff_id == staff_id,
        LedgerEntry.kind == "earn",
        LedgerEntry.at >= since,
        ~undone(),
    )
    return int(db.session.scalar(query) or 0)


def card_of_entry(*, shop_id: int, entry_id: int) -> int | None:
    """Return the card a ledger line stands on, or None for another shop's line."""
    return db.session.scalar(
        select(LedgerEntry.card_id).where(LedgerEntry.shop_id == shop_id, LedgerEntry.id == entry_id)
    )


_LATER = LedgerEntry.__table__.alias("later")
_UNDONE = (
    select(_LATER.c.id)
    .where(_LATER.c.shop_id == LedgerEntry.shop_id, _LATER.c.reverses_id == LedgerEntry.id)
    .exists()
)


def undone() -> ColumnElement[bool]:
    """Return the condition that a ledger entry was taken back later."""
    return _UNDONE


def _newest(lines: list[CounterLine], limit: int) -> list[CounterLine]:
    return sorted(lines, key=lambda line: (line.at, line.id), reverse=True)[:limit]


def _entries(shop_id: int, *where: Any, limit: int) -> list[CounterLine]:
    rows = db.session.execute(
        select(
            LedgerEntry.kind,
            LedgerEntry.id,
            LedgerEntry.card_id,
            Customer.name,
            LedgerEntry.delta,
            LedgerEntry.at,
            LedgerEntry.how,
            LedgerEntry.reason,
            Staff.name.label("staff"),
            undone().label("was_undone"),
            Customer.visit_count,
        )
        .join(Customer, (Customer.shop_id == LedgerEntry.shop_id) & (Customer.id == LedgerEntry.customer_id))
        .outerjoin(Staff, (Staff.shop_id == LedgerEntry.shop_id) & (Staff.id == LedgerEntry.staff_id))
        .where(LedgerEntry.shop_id == shop_id, *where)
        .order_by(LedgerEntry.at.desc(), LedgerEntry.id.desc())
        .limit(limit)
    )
    return [
        CounterLine(
            *row[:8],
            what="",
            staff=row.staff or "",
            undone=bool(row.was_undone),
            visit_count=row.visit_count,
        )
        for row in rows
    ]


def _uses(shop_id: int, *where: Any, limit: int) -> list[CounterLine]:
    rows = db.session.execute(
        select(
            Redemption.id,
            Reward.card_id,
            Customer.name,
            Redemption.at,
            Redemption.how,
            Reward.name.label("what"),
            Staff.name.label("staff"),
            Redemption.reversed_at,
            Customer.visit_count,
        )
        .join(Reward, (Reward.shop_id == Redemption.shop_id) & (Reward.id == Redemption.reward_id))
        .join(Customer, (Customer.shop_id == Reward.shop_id) & (Customer.id == Reward.customer_id))
        .outerjoin(Staff, (Staff.shop_id == Redemption.shop_id) & (Staff.id == Redemption.staff_id))
        .where(Redemption.shop_id == shop_id, *where)
        .order_by(Redemption.at.desc(), Redemption.id.desc())
        .limit(limit)
    )
    return [
        CounterLine(
            "use",
            row.id,
            row.card_id,
            row.name,
            0,
            row.at,
            row.how,
            "",
            row.what,
            row.staff or "",
            row.reversed_at is not None,
            row.visit_count,
        )
        for row in rows
    ]
