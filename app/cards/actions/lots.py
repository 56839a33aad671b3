"""Lots: what came together ends together. Spent first-expiring-first, then the oldest. Flush, never commit.

Only cards on which something can end have any. After every line of such a card its lots are brought to what the
balance says: sum(remaining) == max(balance, 0), for stamps and for points. Everything here runs under the card's
lock, so that what was read is still true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from app.cards import promises
from app.cards.actions.ledger import add_entry
from app.cards.models import Card, CardRule, LedgerEntry, Lot, LotUse
from app.kit.clock import kst_day, start_of_day
from app.shops import closures

UNITS = ("stamp", "point")

# Asked with every line of a card that has lots: built once.
_OPEN = (
    select(Lot)
    .where(Lot.shop_id == bindparam("shop"), Lot.card_id == bindparam("card"), Lot.remaining > 0)
    .order_by(Lot.earned_at, Lot.id)
    .execution_options(populate_existing=True)
)
_TAKEN_BY = (
    select(Lot, func.sum(LotUse.amount))
    .join(LotUse, (LotUse.shop_id == Lot.shop_id) & (LotUse.lot_id == Lot.id))
    .where(LotUse.shop_id == bindparam("shop"), LotUse.entry_id == bindparam("entry"))
    .group_by(Lot.id)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Ended:
    """What had ended of something before it was taken back."""

    stamps: int
    points: int


@dataclass(frozen=True)
class End:
    """Until when something counts: the last day by the rule alone, and the moment it is gone, past closed days."""

    on: date | None  # None: no day of the rule, but one of grace
    at: datetime


def keeps(card: Card, rule: CardRule) -> bool:
    """Say whether a card has lots: its rule lets something end, or something on it still will."""
    return rule.expiry != "none" or card.expires_at is not None


def end_of(session: Any, *, rule: CardRule, shop_id: int, now: datetime) -> End | None:
    """Return until when what is earned now counts; None = it never ends.

    It is the end of a Korean day, of one on which the shop is open.
    """
    day = promises.last_good_day(rule, kst_day(now))
    if day is None:
        return None
    good_until = closures.good_until(session, shop_id=shop_id, end=day)
    return End(day, start_of_day(good_until + timedelta(days=1)))


def note_earned(
    session: Any, *, card: Card, entry: LedgerEntry, end: End | None, restarts: bool, now: datetime
) -> None:
    """Write down what a line brought, each unit a lot; a debt is settled first, out of the new lot.

    `restarts`: with it everything else on the card that would end sooner stays as long.
    """
    if restarts and end is not None:
        for lot in _open(session, card):
            if lot.expires_at is not None and lot.expires_at < end.at:
                lot.expires_at, lot.ends_on = end.at, end.on
    for unit, amount in (("stamp", entry.delta), ("point", entry.points)):
        if amount > 0:
            _add(session, card=card, entry=entry, unit=unit, amount=amount, end=end)
    settle(session, card=card, entry=entry, now=now)


def settle(
    session: Any, *, card: Card, entry: LedgerEntry, now: datetime, reverses: LedgerEntry | None = None
) -> None:
    """Bring the lots to what the balance says after a line.

    What the line took comes first out of the very lot it `reverses`, then out of what ends first. What it gave
    goes back to the lots that the reversed line had taken it from; a lot that has ended meanwhile stands for
    GRACE more. What was on the card before it had lots never ends.
    """
    open_ = _open(session, card)
    for unit in UNITS:
        mine = [lot for lot in open_ if lot.unit == unit]
        missing = max(card.balance if unit == "stamp" else card.points, 0) - sum(
            lot.remaining for lot in mine
        )
        if missing < 0:
            _take(session, lots=mine, amount=-missing, entry=entry, first=reverses)
        elif missing > 0:
            open_ += _put_back(
                session, card=card, unit=unit, amount=missing, entry=entry, reverses=reverses, now=now
            )
    session.flush()
    _note_nearest(card, open_)


def expire(session: Any, *, card: Card, now: datetime) -> LedgerEntry | None:
    """Take away what has ended by now, as a line of its own; None when nothing has."""
    if card.expires_at is None or card.expires_at > now:
        return None
    open_ = _open(session, card)
    over = [lot for lot in open_ if lot.expires_at is not None and lot.expires_at <= now]
    gone = {unit: sum(lot.remaining for lot in over if lot.unit == unit) for unit in UNITS}
    entry = None
    if over:
        entry = add_entry(
            session, card=card, kind="expire", delta=-gone["stamp"], points=-gone["point"], now=now
        )
        for lot in over:
            _use(session, lot=lot, entry=entry, amount=lot.remaining)
        session.flush()
    _note_nearest(card, open_)
    return entry


def ended_of(session: Any, *, entry: LedgerEntry) -> Ended:
    """Return what had ended of the stamps and points that a line brought."""
    rows = session.execute(
        select(Lot.unit, func.coalesce(func.sum(LotUse.amount), 0))
        .join(LotUse, (LotUse.shop_id == Lot.shop_id) & (LotUse.lot_id == Lot.id))
        .join(LedgerEntry, (LedgerEntry.shop_id == LotUse.shop_id) & (LedgerEntry.id == LotUse.entry_id))
        .where(Lot.shop_id == entry.shop_id, Lot.entry_id == entry.id, LedgerEntry.kind == "expire")
        .group_by(Lot.unit)
    )
    gone: dict[str, int] = {row[0]: int(row[1]) for row in rows}
    return Ended(gone.get("stamp", 0), gone.get("point", 0))


def end_of_line(session: Any, *, entry: LedgerEntry) -> End | None:
    """Return until when the points that a line brought count; None where nothing ends them."""
    lot: Lot | None = session.scalar(
        select(Lot).where(Lot.shop_id == entry.shop_id, Lot.entry_id == entry.id, Lot.unit == "point")
    )
    return End(lot.ends_on, lot.expires_at) if lot is not None and lot.expires_at is not None else None


def _open(session: Any, card: Card) -> list[Lot]:
    session.flush()  # what was changed on a lot is written before it is read again
    return list(session.scalars(_OPEN, {"shop": card.shop_id, "card": card.id}))


def _add(session: Any, *, card: Card, entry: LedgerEntry, unit: str, amount: int, end: End | None) -> Lot:
    lot = Lot(
        shop_id=card.shop_id,
        card_id=card.id,
        entry_id=entry.id,
        unit=unit,
        amount=amount,
        remaining=amount,
        earned_at=entry.at,
        expires_at=end.at if end is not None else None,
        ends_on=end.on if end is not None else None,
    )
    session.add(lot)
    session.flush()
    return lot


def put_into(session: Any, *, lot: Lot, entry: LedgerEntry, amount: int) -> None:
    """Give so much back to a lot, as what a line put there; below zero it is taken out."""
    if amount:
        _use(session, lot=lot, entry=entry, amount=-amount)


def close_surplus(session: Any, *, card: Card, entry: LedgerEntry) -> None:
    """Bring the lots of a card that counted in none down to what was on it before a line; it counts in lots again.

    Nobody took out of them meanwhile. Left there, they would let what comes with the line end before its time or
    never.
    """
    open_ = _open(session, card)
    for unit, before in (("stamp", card.balance - entry.delta), ("point", card.points - entry.points)):
        mine = [lot for lot in open_ if lot.unit == unit]
        surplus = sum(lot.remaining for lot in mine) - max(before, 0)
        if surplus > 0:
            _take(session, lots=mine, amount=surplus, entry=entry, first=None)


def _use(session: Any, *, lot: Lot, entry: LedgerEntry, amount: int) -> None:
    lot.remaining -= amount
    session.add(LotUse(shop_id=lot.shop_id, lot_id=lot.id, entry_id=entry.id, amount=amount))


def _take(
    session: Any, *, lots: list[Lot], amount: int, entry: LedgerEntry, first: LedgerEntry | None
) -> None:
    of = {entry.id, first.id if first is not None else None}  # a debt is paid by what just came
    # Python's sort keeps the order of equals, and they came the oldest first.
    lots = sorted(lots, key=lambda lot: (lot.entry_id not in of, lot.expires_at is None, _moment(lot)))
    for lot in lots:
        taken = min(lot.remaining, amount)
        if taken:
            _use(session, lot=lot, entry=entry, amount=taken)
        amount -= taken


def _moment(lot: Lot) -> float:
    return lot.expires_at.timestamp() if lot.expires_at is not None else 0.0


def _put_back(
    session: Any,
    *,
    card: Card,
    unit: str,
    amount: int,
    entry: LedgerEntry,
    reverses: LedgerEntry | None,
    now: datetime,
) -> list[Lot]:
    """Give `amount` back; returns the lots that were not open before."""
    opened: list[Lot] = []
    which = {"shop": card.shop_id, "entry": reverses.id if reverses is not None else 0}
    # Not into a lot that lies on another card by now: two cards that were one are two again.
    taken_from = [
        (lot, taken)
        for lot, taken in session.execute(_TAKEN_BY, which)
        if lot.unit == unit and lot.card_id == card.id
    ]
    # What stands longest comes back first: of a part of it the customer keeps the better one.
    for lot, taken in sorted(
        taken_from, key=lambda pair: (pair[0].expires_at is not None, -_moment(pair[0]))
    ):
        back = min(int(taken), amount)
        if back <= 0:
            continue
        if not lot.remaining:
            opened.append(lot)
        _use(session, lot=lot, entry=entry, amount=-back)
        if lot.expires_at is not None and lot.expires_at <= now:
            lot.expires_at = start_of_day(kst_day(now + promises.GRACE) + timedelta(days=1))
            lot.ends_on = None  # a day of grace, not one of the rule
        amount -= back
    if amount:
        opened += _begin(session, card=card, unit=unit, amount=amount, entry=entry)
    return opened


def _begin(session: Any, *, card: Card, unit: str, amount: int, entry: LedgerEntry) -> list[Lot]:
    """Write down what was on the card before it had lots: it never ends."""
    own: Lot | None = session.scalar(
        select(Lot).where(Lot.shop_id == card.shop_id, Lot.entry_id == entry.id, Lot.unit == unit)
    )
    if own is None:
        return [_add(session, card=card, entry=entry, unit=unit, amount=amount, end=None)]
    own.amount += amount
    own.remaining += amount
    return []


def _note_nearest(card: Card, lots: list[Lot]) -> None:
    ends = [lot.expires_at for lot in lots if lot.remaining > 0 and lot.expires_at is not None]
    card.expires_at = min(ends, default=None)
