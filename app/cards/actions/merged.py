"""One card's balance goes over to another and back, line by line. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from app.cards.actions import ledger
from app.cards.history import cards_in, went_into
from app.cards.models import Card, CardRule, Claim, LedgerEntry, Reward
from app.kit.signing import random_code


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

    The lots behind them follow (actions/merged_lots.py).
    """
    if not stamps and not points:
        return None
    facts: dict[str, Any] = {"kind": "adjust", "how": how, "staff_id": staff_id, "now": now}
    went = ledger.add_entry(session, card=source, delta=-stamps, points=-points, **facts)
    came = ledger.add_entry(session, card=target, delta=stamps, points=points, **facts)
    return went, came


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
    fitting: dict[int, int] = {}
    for reward in _rewards(session, shop_id=target.shop_id, ids=ids):
        before[str(reward.id)] = reward.round
        fits = reward.stage and reward.round == source.round and reward.withdrawn_at is None
        if fits and reward.stage not in theirs:
            fitting[reward.id] = target.round
    _count_for(session, shop_id=target.shop_id, ids=ids, rounds=fitting)
    return before


def part_rewards(session: Any, *, shop_id: int, before: dict[str, int]) -> None:
    """Let rewards that went back count for the round they had counted for."""
    rounds = {int(each): round_ for each, round_ in before.items()}
    _count_for(session, shop_id=shop_id, ids=list(rounds), rounds=rounds)


def _rewards(session: Any, *, shop_id: int, ids: list[int]) -> list[Reward]:
    return list(
        session.scalars(
            select(Reward).where(Reward.shop_id == shop_id, Reward.id.in_(ids)).order_by(Reward.id)
        )
    )


def _count_for(session: Any, *, shop_id: int, ids: list[int], rounds: dict[int, int]) -> None:
    """Let rewards count for these rounds, by id; the others for none, as a number below zero says."""
    found = _rewards(session, shop_id=shop_id, ids=ids)
    for reward in found:
        reward.round = -reward.id
    # One line can have brought the same stage of two cards: none takes a round that another one still has.
    session.flush()
    for reward in found:
        reward.round = rounds.get(reward.id, reward.round)
    session.flush()


def last_line(session: Any, *, shop_id: int) -> int:
    """Return the number of the shop's newest line, 0 for none: what comes onto a card that is held is greater."""
    newest = select(func.max(LedgerEntry.id)).where(LedgerEntry.shop_id == shop_id)
    return int(session.scalar(newest) or 0)


def undone_since(session: Any, *, shop_id: int, card_id: int, after: int) -> tuple[int, int]:
    """Return (stamps, points) by which the lines of a card that went into another changed there, or further on.

    Its lines are also those of cards that had gone into it.

    What was taken back counts below zero, but for what of it had ended; an amount that was put right goes with
    the stamp it belongs to. `after`: last_line() when they met; what was taken back before belongs to an earlier
    merge.
    """
    line, back, again = aliased(LedgerEntry), aliased(LedgerEntry), aliased(LedgerEntry)
    sums = func.coalesce(func.sum(back.delta), 0), func.coalesce(func.sum(back.points), 0)
    cards = [card_id, *cards_in(shop_id=shop_id, card_id=card_id)]
    there = (back.shop_id == shop_id, back.card_id.not_in(cards), back.id > after)
    theirs = line.card_id.in_(cards)
    turned = session.execute(
        select(*sums)
        .join(line, (line.shop_id == back.shop_id) & (line.id == back.reverses_id))
        .where(*there, theirs)
    ).one()
    ended = session.execute(
        select(*sums)
        .join(again, (again.shop_id == back.shop_id) & (again.id == back.part_of_id))
        .join(line, (line.shop_id == again.shop_id) & (line.id == again.reverses_id))
        .where(*there, theirs, back.reason == "ended")
    ).one()
    put_right = session.execute(
        select(*sums)
        .join(line, (line.shop_id == back.shop_id) & (line.id == back.part_of_id))
        .outerjoin(again, (again.shop_id == back.shop_id) & (again.reverses_id == back.id))
        .where(*there, theirs, back.how.in_(("amount", "visit")), again.id.is_(None))
    ).one()
    stamps, points = (int(sum(each)) for each in zip(turned, ended, put_right, strict=True))
    return stamps, points


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
