"""The lots of one card lie on another and go back, each with its own end. Flush, never commit.

What lies on a card on which nothing can end needs no lot, and lots from before say nothing there (lots.keeps).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.cards.actions import lots
from app.cards.models import Card, CardRule, LedgerEntry, Lot


def move_lots(
    session: Any,
    *,
    source: tuple[Card, CardRule],
    target: tuple[Card, CardRule],
    line: LedgerEntry | None,
    now: datetime,
) -> dict[str, int]:
    """Let the lots of one card lie on the other, each with its own end; returns what each held, by id.

    What came without a lot is put into one without an end where the other card counts in lots: it ends with
    nothing else. So is what that one had without a lot, when it counts in lots from now on. `line`: the other
    card's line about it.
    """
    rows = _of_card(session, card=source[0]) if lots.keeps(*source) else []
    if line is not None and not lots.keeps(*target):
        lots.close_surplus(session, card=target[0], entry=line)
    held = {str(lot.id): lot.remaining for lot in rows}
    for lot in rows:
        lot.card_id = target[0].id
    session.flush()
    source[0].expires_at = None
    if rows:
        _note_nearest(session, card=target[0])
    if line is not None and lots.keeps(*target):
        lots.settle(session, card=target[0], entry=line, now=now)
    session.flush()
    return held


def lots_ended(session: Any, *, shop_id: int, held: dict[str, int], now: datetime) -> dict[str, int]:
    """Return how much of these lots came to its end since they moved, by unit: that is nobody's any more."""
    ended = dict.fromkeys(lots.UNITS, 0)
    for lot in _lots(session, shop_id=shop_id, held=held):
        if lot.expires_at is not None and lot.expires_at <= now:
            ended[lot.unit] += held[str(lot.id)] - lot.remaining
    return ended


def lots_back(
    session: Any,
    *,
    source: tuple[Card, CardRule],
    target: tuple[Card, CardRule],
    held: dict[str, int],
    lines: tuple[LedgerEntry, LedgerEntry] | None,
    merge_line: LedgerEntry | None,
    now: datetime,
) -> None:
    """Give the lots back as they were; what was spent of them since comes out of the other card's own (settle_parted).

    `source`: the card that kept them; `lines`: its line and the other's of the way back; `merge_line`: its line
    of the merge, whose own lot goes first.
    """
    back = lines[1] if lines is not None else None
    for lot in _lots(session, shop_id=source[0].shop_id, held=held):
        lot.card_id = target[0].id
        if back is not None and (lot.expires_at is None or lot.expires_at > now):
            lots.put_into(session, lot=lot, entry=back, amount=held[str(lot.id)] - lot.remaining)
    session.flush()
    for card, _rule in (source, target):
        _note_nearest(session, card=card)
    if merge_line is not None and (not lots.keeps(*source) or (lines is not None and not held)):
        _close_begun(session, merge_line=merge_line, source=source[0], goes_to=None if held else target[0])


def settle_parted(
    session: Any,
    *,
    source: tuple[Card, CardRule],
    target: tuple[Card, CardRule],
    lines: tuple[LedgerEntry, LedgerEntry] | None,
    merge_line: LedgerEntry | None,
    now: datetime,
) -> None:
    """Bring the lots of both to their balances, after lots_back and after full cards were opened again.

    Not before: a full card that is opened gives back to its own lots what it took, next to what is there.
    """
    if lines is None:
        return
    for (card, rule), line, first in ((source, lines[0], merge_line), (target, lines[1], None)):
        if lots.keeps(card, rule):
            lots.settle(session, card=card, entry=line, now=now, reverses=first)


def _close_begun(session: Any, *, merge_line: LedgerEntry, source: Card, goes_to: Card | None) -> None:
    """Close the lots that a merge began, for what had none, once two are two again.

    Where no lot came along they were the gone card's, and go to it: a full card of the kept one that is opened
    again gets its own lots back and not these. Else they were the kept card's, which counts in none again.
    """
    begun = select(Lot).where(
        Lot.shop_id == source.shop_id, Lot.card_id == source.id, Lot.entry_id == merge_line.id
    )
    for lot in session.scalars(begun).all():
        lots.take_out(session, lot=lot, entry=merge_line, amount=lot.remaining)
        if goes_to is not None:
            lot.card_id = goes_to.id
    session.flush()


def _of_card(session: Any, *, card: Card) -> list[Lot]:
    return list(
        session.scalars(
            select(Lot).where(Lot.shop_id == card.shop_id, Lot.card_id == card.id).order_by(Lot.id)
        )
    )


def _lots(session: Any, *, shop_id: int, held: dict[str, int]) -> list[Lot]:
    ids = [int(each) for each in held]
    return list(session.scalars(select(Lot).where(Lot.shop_id == shop_id, Lot.id.in_(ids)).order_by(Lot.id)))


def _note_nearest(session: Any, *, card: Card) -> None:
    card.expires_at = session.scalar(
        select(func.min(Lot.expires_at)).where(
            Lot.shop_id == card.shop_id, Lot.card_id == card.id, Lot.remaining > 0
        )
    )
    session.flush()
