"""What moved on the cards, line by line, with who did it: today's list and one card's ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.cards.models import Card, LedgerEntry, Lot, Redemption, Reward
from app.customers.models import Customer, Merge
from app.extensions import db
from app.kit.clock import kst_day, start_of_day
from app.shops.models import Staff

# Lines that move a balance from one card to another of the same person, there and back.
TAKEN_ALONG = ("merge", "unmerge")


@dataclass(frozen=True)
class CounterLine:
    """One line of a list of stamps and uses. `id`: the ledger entry, or the redemption for kind "use"."""

    kind: str  # earn | fill | redeem | expire | adjust | migrate | reverse | refuse | use
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
    points: int = 0
    visit_id: int | None = None
    ends_at: datetime | None = None  # of what the line brought and is still there
    balance: int | None = None  # after it; None for a line that moves no stamp
    points_now: int | None = None
    boosted: str = ""  # why a stamping brought more than usual
    of: str = ""  # of a reversal: the kind of the line it turned around

    @property
    def can_undo(self) -> bool:
        """Whether 적립 취소 or 사용 취소 makes sense here."""
        return self.kind in ("earn", "use", "redeem") and not self.undone


def today(*, shop_id: int, now: datetime, staff_id: int | None = None, limit: int = 60) -> list[CounterLine]:
    """Return today's stamps and uses, newest first, each with whether it was taken back. `staff_id`: of one person."""
    since = start_of_day(kst_day(now))
    mine = [] if staff_id is None else [LedgerEntry.staff_id == staff_id]
    my_uses = [] if staff_id is None else [Redemption.staff_id == staff_id]
    moved = LedgerEntry.kind.in_(("earn", "redeem"))
    entries = _entries(shop_id, LedgerEntry.at >= since, moved, *mine, limit=limit)
    uses = _uses(shop_id, Redemption.at >= since, *my_uses, limit=limit)
    return _newest(entries + uses, limit)


def by_staff(
    *, shop_id: int, staff_id: int, since: datetime, until: datetime, limit: int = 300
) -> list[CounterLine]:
    """Return what one person did at the counter between two moments, refused attempts too, newest first."""
    entries = _entries(
        shop_id,
        LedgerEntry.at >= since,
        LedgerEntry.at < until,
        LedgerEntry.staff_id == staff_id,
        LedgerEntry.kind.in_(("earn", "redeem", "refuse")),
        limit=limit,
    )
    of_day = (Redemption.at >= since, Redemption.at < until)
    uses = _uses(shop_id, *of_day, Redemption.staff_id == staff_id, limit=limit)
    return _newest(entries + uses, limit)


def lines_of(*, shop_id: int, card_id: int, limit: int = 60) -> list[CounterLine]:
    """Return everything that moved one card, newest first: why its balance is what it is."""
    others = cards_in(shop_id=shop_id, card_id=card_id)
    mine = LedgerEntry.card_id.in_([card_id, *others])
    # What only went from one of them to the other is told once, where it arrived.
    went = LedgerEntry.card_id.in_(others) & LedgerEntry.how.in_(TAKEN_ALONG)
    entries = _with_balances(_entries(shop_id, mine, ~went, limit=limit), shop_id=shop_id, card_id=card_id)
    uses = _uses(shop_id, Reward.card_id == card_id, limit=limit)
    return _newest(entries + uses, limit)


def cards_in(*, shop_id: int, card_id: int) -> list[int]:
    """Return the cards that went into a card, and those that had gone into them."""
    found: list[int] = []
    todo = [card_id]
    while todo:
        todo = list(
            db.session.scalars(
                select(Merge.gone_card_id).where(
                    Merge.shop_id == shop_id, Merge.kept_card_id.in_(todo), Merge.undone_at.is_(None)
                )
            )
        )
        found += todo
    return found


def went_into(*, shop_id: int, card_id: int) -> int | None:
    """Return the card that a card went into, itself perhaps gone on since; None for one that stands alone."""
    return db.session.scalar(
        select(Merge.kept_card_id).where(
            Merge.shop_id == shop_id, Merge.gone_card_id == card_id, Merge.undone_at.is_(None)
        )
    )


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


_STILL_ENDS = (
    select(func.min(Lot.expires_at))
    .where(Lot.shop_id == LedgerEntry.shop_id, Lot.entry_id == LedgerEntry.id, Lot.remaining > 0)
    .scalar_subquery()
)


def still_ends() -> ColumnElement[datetime | None]:
    """Return the moment at which what a line brought ends, None where nothing of it is left or it never does."""
    return _STILL_ENDS


def _with_balances(lines: list[CounterLine], *, shop_id: int, card_id: int) -> list[CounterLine]:
    """Say beside each line what was on the card after it, going back from what is there now."""
    balance, points = db.session.execute(
        select(Card.balance, Card.points).where(Card.shop_id == shop_id, Card.id == card_id)
    ).one()
    told = []
    for line in lines:
        if line.card_id != card_id:  # of a card that went into this one: it counted there
            told.append(line)
            continue
        told.append(
            replace(
                line,
                balance=balance if line.delta else None,
                points_now=points if line.points else None,
            )
        )
        balance, points = balance - line.delta, points - line.points
    return told


def _newest(lines: list[CounterLine], limit: int) -> list[CounterLine]:
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]  # equals keep the order they came in


_BACK = LedgerEntry.__table__.alias("back")


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
            LedgerEntry.points,
            LedgerEntry.visit_id,
            still_ends().label("ends_at"),
            LedgerEntry.boosted,
            _BACK.c.kind.label("of"),
        )
        .join(Customer, (Customer.shop_id == LedgerEntry.shop_id) & (Customer.id == LedgerEntry.customer_id))
        .outerjoin(Staff, (Staff.shop_id == LedgerEntry.shop_id) & (Staff.id == LedgerEntry.staff_id))
        .outerjoin(_BACK, (_BACK.c.shop_id == LedgerEntry.shop_id) & (_BACK.c.id == LedgerEntry.reverses_id))
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
            points=row.points,
            visit_id=row.visit_id,
            ends_at=row.ends_at,
            boosted=row.boosted,
            of=row.of or "",
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
