"""The lots of one card lie on another and go back, each with its own end. Flush, never commit.

What lies on a card on which nothing can end needs no lot, and lots from before say nothing there (lots.keeps).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from app.cards.actions import lots
from app.cards.history import cards_in
from app.cards.models import Card, CardRule, LedgerEntry, Lot, LotUse


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


def lots_ended(
    session: Any, *, source: Card, target: Card, held: dict[str, int], since: int, now: datetime
) -> dict[str, int]:
    """Return how much of the lots of `target` came to its end since they moved to `source`, by unit: nobody's any more.

    Also what was spent before. But what a line had brought that was taken back since went with it, and ends only
    where it had ended before. What was put right since ends too. `since`: the first line after they moved.
    """
    shop_id = source.shop_id
    turned = _turned(session, shop_id=shop_id, held=held, since=since)
    ended = dict.fromkeys(lots.UNITS, 0)
    for lot in _lots(session, shop_id=shop_id, held=held):
        if lot.id not in turned and lot.expires_at is not None and lot.expires_at <= now:
            ended[lot.unit] += held[str(lot.id)] - lot.remaining
    back = aliased(LedgerEntry)
    taken_back = select(back.id).where(back.shop_id == Lot.shop_id, back.reverses_id == Lot.entry_id).exists()
    about = _about(session, source=source, target=target, since=since)
    went = session.execute(
        select(Lot.unit, func.sum(LotUse.amount))
        .join(LotUse, (LotUse.shop_id == Lot.shop_id) & (LotUse.lot_id == Lot.id))
        .join(LedgerEntry, (LedgerEntry.shop_id == LotUse.shop_id) & (LedgerEntry.id == LotUse.entry_id))
        .where(
            Lot.shop_id == shop_id,
            or_(Lot.id.in_(turned), Lot.entry_id.in_(about) & ~taken_back),
            LedgerEntry.kind == "expire",
            LedgerEntry.id >= since,
        )
        .group_by(Lot.unit)
    )
    for unit, amount in went:
        ended[unit] += int(amount)
    return ended


def lots_back(
    session: Any,
    *,
    source: tuple[Card, CardRule],
    target: tuple[Card, CardRule],
    held: dict[str, int],
    lines: tuple[LedgerEntry, LedgerEntry] | None,
    merge_line: LedgerEntry | None,
    since: int,
    now: datetime,
) -> None:
    """Give the lots back with at least what they held; what was spent of it since comes out of the other card's own.

    What had ended, and what a line had brought that was taken back since, stays out; what was brought since by
    lines about its own goes along. `source`: the card that kept them; `lines`: its line and the other's of the way
    back; `merge_line`: its line of the merge; `since`: the first line that they can have written as one.
    """
    shop_id, about = source[0].shop_id, lines or (merge_line, merge_line)
    turned = _turned(session, shop_id=shop_id, held=held, since=since)
    for lot in _lots(session, shop_id=shop_id, held=held):
        lot.card_id = target[0].id
        stands = lot.id not in turned and (lot.expires_at is None or lot.expires_at > now)
        if about[1] is not None and stands:
            back = min(max(held[str(lot.id)], lot.remaining), lot.amount)
            lots.put_into(session, lot=lot, entry=about[1], amount=back - lot.remaining)
    ids = _about(session, source=source[0], target=target[0], since=since)
    brought = select(Lot).where(Lot.shop_id == shop_id, Lot.card_id == source[0].id, Lot.entry_id.in_(ids))
    for lot in session.scalars(brought).all():
        lot.card_id = target[0].id
    session.flush()
    for (card, rule), line in zip((source, target), about, strict=True):
        _level(session, card=card, rule=rule, line=line, now=now)


def settle_parted(
    session: Any,
    *,
    source: tuple[Card, CardRule],
    target: Card,
    lines: tuple[LedgerEntry, LedgerEntry] | None,
    merge_line: LedgerEntry | None,
    since: int,
    now: datetime,
) -> None:
    """Let what two cards did as one leave no trace in the lots of the one that kept them, and bring them to its balance.

    What the merge and the way back took of them is there again, what full cards took that were filled from the
    line `since` on and opened again by the parting, and what was taken to take back lines of the other one
    (`target`); each with its own end. What those lines began is not. Only then does it pay for what was spent of
    the other one's.
    """
    line = lines[0] if lines is not None else merge_line
    if line is None:
        return
    card, rule = source
    shop_id = card.shop_id
    back = aliased(LedgerEntry)
    opened = session.execute(
        select(LedgerEntry.id, back.id)
        .join(back, (back.shop_id == LedgerEntry.shop_id) & (back.reverses_id == LedgerEntry.id))
        .where(
            LedgerEntry.shop_id == shop_id,
            LedgerEntry.card_id == card.id,
            LedgerEntry.kind == "fill",
            LedgerEntry.id >= since,
            back.id > line.id,
        )
    )
    of = [line.id, *(each for pair in opened for each in pair)]
    of += _about(session, source=card, target=target, since=since)
    if merge_line is not None:
        of.append(merge_line.id)
    mine = (Lot.shop_id == shop_id, Lot.card_id == card.id)
    took = session.execute(
        select(Lot, func.sum(LotUse.amount))
        .join(LotUse, (LotUse.shop_id == Lot.shop_id) & (LotUse.lot_id == Lot.id))
        .where(*mine, LotUse.entry_id.in_(of))
        .group_by(Lot.id)
    )
    for lot, amount in took.all():
        lots.put_into(session, lot=lot, entry=line, amount=max(int(amount), -lot.remaining))
    for lot in session.scalars(select(Lot).where(*mine, Lot.entry_id.in_(of))).all():
        lots.put_into(session, lot=lot, entry=line, amount=-lot.remaining)
    session.flush()
    _level(session, card=card, rule=rule, line=line, now=now)


def _level(session: Any, *, card: Card, rule: CardRule, line: LedgerEntry | None, now: datetime) -> None:
    """Bring a card's lots to its balance, where it counts in lots by what lies on it now."""
    _note_nearest(session, card=card)
    if line is not None and lots.keeps(card, rule):
        lots.settle(session, card=card, entry=line, now=now)


def _about(session: Any, *, source: Card, target: Card, since: int) -> list[int]:
    """Return the lines on one card, from a line on, that turn around or put right another card's, and their own."""
    line = aliased(LedgerEntry)
    here = (LedgerEntry.shop_id == source.shop_id, LedgerEntry.card_id == source.id, LedgerEntry.id >= since)
    cards = [target.id, *cards_in(shop_id=source.shop_id, card_id=target.id)]
    of = or_(line.id == LedgerEntry.reverses_id, line.id == LedgerEntry.part_of_id)
    first = session.scalars(
        select(LedgerEntry.id)
        .join(line, (line.shop_id == LedgerEntry.shop_id) & of)
        .where(*here, line.card_id.in_(cards))
    ).all()
    theirs = or_(LedgerEntry.reverses_id.in_(first), LedgerEntry.part_of_id.in_(first))
    return [*first, *session.scalars(select(LedgerEntry.id).where(*here, theirs))]


def _turned(session: Any, *, shop_id: int, held: dict[str, int], since: int) -> set[int]:
    """Return those of the lots whose line was taken back from a line on."""
    ids = [int(each) for each in held]
    back = (LedgerEntry.shop_id == Lot.shop_id) & (LedgerEntry.reverses_id == Lot.entry_id)
    return set(
        session.scalars(
            select(Lot.id)
            .join(LedgerEntry, back)
            .where(Lot.shop_id == shop_id, Lot.id.in_(ids), LedgerEntry.id >= since)
        )
    )


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
