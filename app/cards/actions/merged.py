"""One card's balance goes over to another and back, line by line. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from app.cards.actions import ledger, lots
from app.cards.history import cards_in, went_into
from app.cards.models import Card, CardRule, Claim, LedgerEntry, Lot, Reward
from app.kit.signing import random_code

UNITS = ("stamp", "point")


def hold_cards(session: Any, *, shop_id: int, customer_ids: Sequence[int]) -> None:
    """Hold the open cards of several people until the flow ends (PostgreSQL): in one order nobody waits for each other.

    Before anything else is held: a stamp holds its card and then takes a coupon's kind; who takes the kind first
    and a card second would wait for it in a circle.
    """
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
        into = went_into(shop_id=shop_id, card_id=card_id)
        if into is None:
            return None
        found = ledger.card(session, shop_id=shop_id, where=Card.id == into, lock=True)
        if found is not None:
            return found
        card_id = into


def card_now(session: Any, *, shop_id: int, card_id: int) -> tuple[Card, CardRule] | None:
    """Return the open card, locked, where what lay on a card lies by now: itself, or the one it went into."""
    found = ledger.card(session, shop_id=shop_id, where=Card.id == card_id, lock=True)
    return found if found is not None else kept_card(session, shop_id=shop_id, card_id=card_id)


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
) -> tuple[LedgerEntry, LedgerEntry] | None:
    """Move so many stamps and points by a line on each card; returns both lines, None when there are none.

    The lots behind them follow by move_lots or lots_back.
    """
    if not stamps and not points:
        return None
    facts: dict[str, Any] = {"kind": "adjust", "how": how, "staff_id": staff_id, "now": now}
    went = ledger.add_entry(session, card=source, delta=-stamps, points=-points, **facts)
    came = ledger.add_entry(session, card=target, delta=stamps, points=points, **facts)
    return went, came


def move_lots(
    session: Any, *, source: Card, target: Card, rule: CardRule, line: LedgerEntry | None, now: datetime
) -> dict[str, int]:
    """Let the lots of one card lie on the other, each with its own end; returns what each held, by id.

    What came without a lot is put into one without an end where the other card counts in lots: it ends with
    nothing else. `line`: the other card's line about it.
    """
    rows = list(
        session.scalars(
            select(Lot).where(Lot.shop_id == source.shop_id, Lot.card_id == source.id).order_by(Lot.id)
        )
    )
    held = {str(lot.id): lot.remaining for lot in rows}
    for lot in rows:
        lot.card_id = target.id
    session.flush()
    source.expires_at = None
    if rows:
        _note_nearest(session, card=target)
    if line is not None and lots.keeps(target, rule):
        lots.settle(session, card=target, entry=line, now=now)
    session.flush()
    return held


def lots_ended(session: Any, *, shop_id: int, held: dict[str, int], now: datetime) -> dict[str, int]:
    """Return how much of these lots came to its end since they moved, by unit: that is nobody's any more."""
    ended = dict.fromkeys(UNITS, 0)
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
    """Give the lots back as they were; what was spent of them since comes out of the other card's own.

    `source`: the card that kept them; `lines`: its line and the other's of the way back; `merge_line`: its line
    of the merge, whose own lot goes first.
    """
    back = lines[1] if lines is not None else None
    for lot in _lots(session, shop_id=source[0].shop_id, held=held):
        lot.card_id = target[0].id
        if back is not None and (lot.expires_at is None or lot.expires_at > now):
            lots.put_into(session, lot=lot, entry=back, amount=held[str(lot.id)] - lot.remaining)
    session.flush()
    for card, rule in (source, target):
        _note_nearest(session, card=card)
        line = None if lines is None else lines[0] if card is source[0] else lines[1]
        if line is not None and lots.keeps(card, rule):
            first = merge_line if card is source[0] else None
            lots.settle(session, card=card, entry=line, now=now, reverses=first)


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


def fit_rewards(session: Any, *, source: Card, target: Card, ids: list[int]) -> dict[str, int]:
    """Let rewards that came along count for the right round of the other card; returns what they counted for, by id.

    The stages of the card that was being filled stay what it has brought; everything else belongs to no round
    of the other card, and a number below zero says so.
    """
    theirs = set(
        session.scalars(
            select(Reward.stage).where(
                Reward.shop_id == target.shop_id,
                Reward.card_id == target.id,
                Reward.id.not_in(ids),
                Reward.round == target.round,
                Reward.withdrawn_at.is_(None),
            )
        )
    )
    before: dict[str, int] = {}
    for reward in session.scalars(
        select(Reward).where(Reward.shop_id == target.shop_id, Reward.id.in_(ids)).order_by(Reward.id)
    ):
        before[str(reward.id)] = reward.round
        fits = reward.stage and reward.round == source.round and reward.withdrawn_at is None
        reward.round = target.round if fits and reward.stage not in theirs else -reward.id
    session.flush()
    return before


def part_rewards(session: Any, *, shop_id: int, before: dict[str, int]) -> None:
    """Let rewards that went back count for the round they had counted for."""
    for reward in session.scalars(
        select(Reward).where(Reward.shop_id == shop_id, Reward.id.in_([int(each) for each in before]))
    ):
        reward.round = before[str(reward.id)]
    session.flush()


def last_line(session: Any, *, shop_id: int, card_id: int) -> int:
    """Return the number of a card's newest line, 0 for none: what comes after it on this card is greater."""
    newest = select(func.max(LedgerEntry.id)).where(
        LedgerEntry.shop_id == shop_id, LedgerEntry.card_id == card_id
    )
    return int(session.scalar(newest) or 0)


def undone_since(
    session: Any, *, shop_id: int, gone_card_id: int, kept_card_id: int, after: int
) -> tuple[int, int]:
    """Return (stamps, points) by which one card's lines changed on the other one: taken back, or put right.

    What was taken back counts below zero; an amount that was put right goes with the stamp it belongs to.
    `after`: last_line() of the other one when they met; what was taken back before belongs to an earlier merge.
    """
    line, back, again = aliased(LedgerEntry), aliased(LedgerEntry), aliased(LedgerEntry)
    found = session.execute(
        select(func.coalesce(func.sum(back.delta), 0), func.coalesce(func.sum(back.points), 0))
        .join(line, (line.shop_id == back.shop_id) & (line.id == back.reverses_id))
        .where(
            back.shop_id == shop_id,
            back.card_id == kept_card_id,
            back.id > after,
            line.card_id == gone_card_id,
        )
    ).one()
    put_right = session.scalar(
        select(func.coalesce(func.sum(back.points), 0))
        .join(line, (line.shop_id == back.shop_id) & (line.id == back.part_of_id))
        .outerjoin(again, (again.shop_id == back.shop_id) & (again.reverses_id == back.id))
        .where(
            back.shop_id == shop_id,
            back.card_id == kept_card_id,
            back.id > after,
            back.how.in_(("amount", "visit")),
            line.card_id == gone_card_id,
            again.id.is_(None),
        )
    )
    return int(found[0]), int(found[1]) + int(put_right)


def move_claim(session: Any, *, source: Card, target: Card, now: datetime) -> int | None:
    """Let a waiting 도장 받기 wait on the other card, or go when that one waits already; returns what moved."""
    waits = select(Claim).where(Claim.shop_id == source.shop_id, Claim.state == "waiting")
    mine = session.scalar(waits.where(Claim.card_id == source.id))
    if mine is None:
        return None
    if session.scalar(waits.where(Claim.card_id == target.id)) is not None:
        mine.state, mine.decided_at = "expired", now
        session.flush()
        return None
    mine.card_id, mine.customer_id = target.id, target.customer_id
    session.flush()
    return mine.id


def claim_back(session: Any, *, claim_id: int | None, source: Card, target: Card) -> None:
    """Let a 도장 받기 that went along wait where it was asked for, when nobody has answered it."""
    session.execute(
        update(Claim)
        .where(
            Claim.shop_id == source.shop_id,
            Claim.id == claim_id,
            Claim.card_id == source.id,
            Claim.state == "waiting",
        )
        .values(card_id=target.id, customer_id=target.customer_id)
    )


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
    else:  # the old code would go on opening a card that was lost
        raise RuntimeError("no free spoken code")
    session.execute(
        update(Card)
        .where(
            Card.shop_id == card.shop_id,
            Card.id.in_(cards_in(shop_id=card.shop_id, card_id=card.id)),
            Card.print_version > 0,
        )
        .values(print_version=Card.print_version + 1)
        .execution_options(synchronize_session=False)
    )
