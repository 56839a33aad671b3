"""One card's balance goes over to another and back, line by line. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from app.cards.actions import ledger
from app.cards.models import Card, CardRule, Claim, LedgerEntry, Lot
from app.customers.models import Merge
from app.kit.signing import random_code

UNITS = ("stamp", "point")


def hold_cards(session: Any, *, shop_id: int, customer_ids: tuple[int, ...]) -> None:
    """Hold the open cards of several people until the flow ends: in one order nobody waits for each other."""
    session.execute(
        select(Card.id)
        .where(Card.shop_id == shop_id, Card.customer_id.in_(customer_ids), Card.closed_at.is_(None))
        .order_by(Card.id)
        .with_for_update()
    )


def card_row(session: Any, *, shop_id: int, card_id: int) -> Card:
    """Return a card of the shop, also a closed one, locked. Raises NoResultFound."""
    found: Card = session.scalars(
        select(Card)
        .where(Card.shop_id == shop_id, Card.id == card_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return found


def kept_card(session: Any, *, shop_id: int, card_id: int) -> tuple[Card, CardRule] | None:
    """Return the open card that a closed one went into, locked; None when it went into none."""
    while True:
        into = session.scalar(
            select(Merge.kept_card_id).where(
                Merge.shop_id == shop_id, Merge.gone_card_id == card_id, Merge.undone_at.is_(None)
            )
        )
        if into is None:
            return None
        found = ledger.card(session, shop_id=shop_id, where=Card.id == into, lock=True)
        if found is not None:
            return found
        card_id = into


def closed_by_ref(session: Any, *, shop_id: int, ref: str) -> Card | None:
    """Return the closed card of a reference."""
    found: Card | None = session.scalar(
        select(Card).where(Card.shop_id == shop_id, Card.ref == ref, Card.closed_at.is_not(None))
    )
    return found


def hand_over(
    session: Any,
    *,
    source: Card,
    target: Card,
    stamps: int,
    points: int,
    how: str,
    staff_id: int | None,
    now: datetime,
) -> LedgerEntry | None:
    """Move so many stamps and points by a line on each card; returns the target's, None when there are none."""
    if not stamps and not points:
        return None
    facts: dict[str, Any] = {"kind": "adjust", "how": how, "staff_id": staff_id, "now": now}
    ledger.add_entry(session, card=source, delta=-stamps, points=-points, **facts)
    entry = ledger.add_entry(session, card=target, delta=stamps, points=points, **facts)
    for card in (source, target):
        true_up(session, card=card)
    return entry


def true_up(session: Any, *, card: Card) -> None:
    """Set a card's balances to the sum of its lines."""
    sums = session.execute(
        select(
            func.coalesce(func.sum(LedgerEntry.delta), 0), func.coalesce(func.sum(LedgerEntry.points), 0)
        ).where(LedgerEntry.shop_id == card.shop_id, LedgerEntry.card_id == card.id)
    ).one()
    session.execute(
        update(Card)
        .where(Card.shop_id == card.shop_id, Card.id == card.id)
        .values(balance=int(sums[0]), points=int(sums[1]))
        .execution_options(synchronize_session=False)
    )
    set_committed_value(card, "balance", int(sums[0]))
    set_committed_value(card, "points", int(sums[1]))


def move_lots(session: Any, *, source: Card, target: Card, entry: LedgerEntry | None) -> dict[str, int]:
    """Let the lots of one card lie on the other, each with its own end; returns what each held, by id.

    What came without a lot is put into one without an end where the other card counts in lots: it ends with
    nothing else.
    """
    rows = session.scalars(
        select(Lot).where(Lot.shop_id == source.shop_id, Lot.card_id == source.id).order_by(Lot.id)
    ).all()
    counts = set(
        session.scalars(
            select(Lot.unit)
            .where(Lot.shop_id == target.shop_id, Lot.card_id == target.id, Lot.remaining > 0)
            .distinct()
        )
    )
    for lot in rows:
        lot.card_id = target.id
    for unit in UNITS:
        held = sum(lot.remaining for lot in rows if lot.unit == unit)
        brought = 0 if entry is None else entry.delta if unit == "stamp" else entry.points
        if entry is not None and brought > held and (held or unit in counts):
            session.add(
                Lot(
                    shop_id=target.shop_id,
                    card_id=target.id,
                    entry_id=entry.id,
                    unit=unit,
                    amount=brought - held,
                    remaining=brought - held,
                    earned_at=entry.at,
                )
            )
    session.flush()
    for card in (source, target):
        _set_end(session, card=card)
    return {str(lot.id): lot.remaining for lot in rows}


def lots_ended(session: Any, *, shop_id: int, held: dict[str, int], now: datetime) -> dict[str, int]:
    """Return how much of these lots came to its end since they moved, by unit: that is nobody's any more."""
    ended = dict.fromkeys(UNITS, 0)
    for lot in _lots(session, shop_id=shop_id, held=held):
        if lot.expires_at is not None and lot.expires_at <= now:
            ended[lot.unit] += held[str(lot.id)] - lot.remaining
    return ended


def lots_back(
    session: Any, *, source: Card, target: Card, held: dict[str, int], line_id: int | None, now: datetime
) -> None:
    """Give the lots back as they were, and take from the others what was spent of them since.

    `source`: the card that kept them; `line_id`: its line of the merge, whose own lot ends with it.
    """
    for lot in _lots(session, shop_id=source.shop_id, held=held):
        lot.card_id = target.id
        if lot.expires_at is None or lot.expires_at > now:
            lot.remaining = held[str(lot.id)]
    if line_id is not None:
        for lot in session.scalars(
            select(Lot).where(Lot.shop_id == source.shop_id, Lot.entry_id == line_id)
        ).all():
            lot.remaining = 0
    session.flush()
    for unit, balance in (("stamp", source.balance), ("point", source.points)):
        _shrink(session, card=source, unit=unit, most=max(balance, 0))
    session.flush()
    for card in (source, target):
        _set_end(session, card=card)


def _lots(session: Any, *, shop_id: int, held: dict[str, int]) -> list[Lot]:
    ids = [int(each) for each in held]
    return list(session.scalars(select(Lot).where(Lot.shop_id == shop_id, Lot.id.in_(ids)).order_by(Lot.id)))


def _shrink(session: Any, *, card: Card, unit: str, most: int) -> None:
    """Take from a card's lots what they hold above its balance, the first to end first."""
    lots = session.scalars(
        select(Lot)
        .where(Lot.shop_id == card.shop_id, Lot.card_id == card.id, Lot.unit == unit, Lot.remaining > 0)
        .order_by(Lot.expires_at.is_(None), Lot.expires_at, Lot.earned_at, Lot.id)
    ).all()
    over = sum(lot.remaining for lot in lots) - most
    for lot in lots:
        if over <= 0:
            break
        taken = min(over, lot.remaining)
        lot.remaining -= taken
        over -= taken


def _set_end(session: Any, *, card: Card) -> None:
    card.expires_at = session.scalar(
        select(func.min(Lot.expires_at)).where(
            Lot.shop_id == card.shop_id, Lot.card_id == card.id, Lot.remaining > 0
        )
    )
    session.flush()


def undone_since(session: Any, *, shop_id: int, gone_card_id: int, kept_card_id: int) -> tuple[int, int]:
    """Return (stamps, points) of one card's lines that were taken back on the other one, as negative numbers."""
    line, back = aliased(LedgerEntry), aliased(LedgerEntry)
    found = session.execute(
        select(func.coalesce(func.sum(back.delta), 0), func.coalesce(func.sum(back.points), 0))
        .join(line, (line.shop_id == back.shop_id) & (line.id == back.reverses_id))
        .where(back.shop_id == shop_id, back.card_id == kept_card_id, line.card_id == gone_card_id)
    ).one()
    return int(found[0]), int(found[1])


def move_claim(session: Any, *, source: Card, target: Card, now: datetime) -> None:
    """Let a waiting 도장 받기 wait on the other card, or go when that one waits already."""
    waits = select(Claim).where(Claim.shop_id == source.shop_id, Claim.state == "waiting")
    mine = session.scalar(waits.where(Claim.card_id == source.id))
    if mine is None:
        return
    if session.scalar(waits.where(Claim.card_id == target.id)) is not None:
        mine.state, mine.decided_at = "expired", now
    else:
        mine.card_id, mine.customer_id = target.id, target.customer_id
    session.flush()


def new_codes(session: Any, *, card: Card) -> None:
    """Give a card new codes: the live and the spoken one, and a printed one where it was printed.

    The paper of cards that went into it dies too.
    """
    card.key_version += 1
    if card.print_version:
        card.print_version += 1
    for attempt in range(20):
        try:
            with session.begin_nested():
                card.spoken = random_code(4 + attempt // 8)
                session.flush()
        except IntegrityError:
            continue
        break
    todo = [card.id]
    while todo:
        into = (Merge.shop_id == card.shop_id, Merge.kept_card_id.in_(todo), Merge.undone_at.is_(None))
        todo = list(session.scalars(select(Merge.gone_card_id).where(*into)))
        session.execute(
            update(Card)
            .where(Card.shop_id == card.shop_id, Card.id.in_(todo), Card.print_version > 0)
            .values(print_version=Card.print_version + 1)
            .execution_options(synchronize_session=False)
        )
