"""Points are spent at the counter: typed by the staff, only what is there, exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cards import promises
from app.cards.actions import earning, ledger, lots, merged, purchases
from app.cards.models import Card, CardRule, LedgerEntry
from app.cards.promises import PointsShort, PointsUnderLeast
from app.cards.rules import NothingToUndo
from app.flows import audit, own_card, spending
from app.flows.unit import after_a_race, write
from app.kit.refusals import Invalid, NotHere
from app.visits import actions as visits

_GONE = "찾으시는 카드가 없어요. 손님께 카드를 다시 열어 달라고 해 주세요."


@dataclass(frozen=True)
class Spent:
    """Points that were taken at the counter. `left`: what is on the card now; `repeated`: the same tap again."""

    entry_id: int
    card_id: int
    points: int
    left: int
    repeated: bool


def spend(
    *,
    shop_id: int,
    staff_id: int,
    card_id: int,
    points: int | None,
    once: str,
    now: datetime,
) -> Spent:
    """Take points off a card; its holder is checked first. The same `once` gives the same answer.

    `points` None: what was typed is no number. Raises Invalid, PointsShort, PointsUnderLeast, NotHere.
    """
    return after_a_race(
        lambda: _spend(
            shop_id=shop_id,
            staff_id=staff_id,
            card_id=card_id,
            points=points,
            once=once,
            now=now,
        )
    )


def _spend(
    *,
    shop_id: int,
    staff_id: int,
    card_id: int,
    points: int | None,
    once: str,
    now: datetime,
) -> Spent:
    if not points:
        raise Invalid({"points": "쓸 포인트를 숫자로 적어 주세요. 예: 1000"})
    with own_card.kept(now=now), write() as session:
        card, rule = _card(session, shop_id=shop_id, card_id=card_id)
        before = ledger.entry_by_once(session, shop_id=shop_id, once=once)
        if before is not None:
            if before.kind != "redeem" or before.card_id != card_id:
                raise NothingToUndo("이미 처리한 요청이에요. 화면을 새로 열어 다시 눌러 주세요.")
            return Spent(before.id, card.id, -before.points, card.points, repeated=True)
        how = spending.proof(session, shop_id=shop_id, card_id=card_id, staff_id=staff_id, now=now)
        # What ended at midnight can't be spent in the hours before the night takes it away.
        lots.expire(session, card=card, now=now)
        if points > card.points:
            raise PointsShort(card.points)
        if points < rule.point_least:
            raise PointsUnderLeast(rule.point_least)
        visit_id = visits.visit_here(session, shop_id=shop_id, customer_id=card.customer_id, now=now)
        entry = ledger.add_entry(
            session,
            card=card,
            kind="redeem",
            delta=0,
            points=-points,
            now=now,
            once=once,
            how=how,
            staff_id=staff_id,
            visit_id=visit_id,
        )
        if card.points < 0:  # the row had less than what was read: whoever was first has them
            raise PointsShort(card.points + points)
        if lots.keeps(card, rule):
            lots.settle(session, card=card, entry=entry, now=now)
        return Spent(entry.id, card.id, points, card.points, repeated=False)


def undo_spend(*, shop_id: int, staff_id: int, entry_id: int, now: datetime) -> int:
    """Give points back that were taken by mistake. Returns the card's id. Raises NothingToUndo the second time."""
    with write() as session:
        entry = ledger.entry_to_reverse(session, shop_id=shop_id, entry_id=entry_id, kind="redeem")
        found = merged.card_now(session, shop_id=shop_id, card_id=entry.card_id)
        if found is None:
            raise NotHere(_GONE)
        card, rule = found
        # Asked again under the card's lock: two taps on 사용 취소 give back once.
        entry = ledger.entry_to_reverse(session, shop_id=shop_id, entry_id=entry_id, kind="redeem")
        give_back(session, card=card, rule=rule, entry=entry, staff_id=staff_id, now=now)
        audit.note(
            session,
            shop_id=shop_id,
            what="use_undone",
            staff_id=staff_id,
            subject=f"entry:{entry_id}",
            now=now,
        )
        return card.id


def give_back(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    entry: LedgerEntry,
    staff_id: int,
    now: datetime,
    how: str = "",
) -> None:
    """Turn a spending around inside the caller's transaction and under the card's lock."""
    earning.give_back(session, card=card, rule=rule, entry=entry, staff_id=staff_id, how=how, now=now)


def follow_amount(
    session: Any, *, card: Card, rule: CardRule, entry: LedgerEntry, amount: int | None, now: datetime
) -> int:
    """Put `amount` (won, None = none) on a stamp's line, with the points that follow; returns how many came.

    Under the rule and as they counted when it was given: below zero, just what an amount taken away had brought.
    """
    entry.amount = amount
    then = purchases.rule_of(session, entry=entry)
    wanted = promises.points_for(then, amount=amount, is_visit=False, percent=entry.percent)
    more = wanted - purchases.points_of_amount(session, entry=entry, rule=then)
    if more:
        earning.correct_points(session, card=card, rule=rule, entry=entry, points=more, now=now)
    return more


def _card(session: Any, *, shop_id: int, card_id: int) -> tuple[Card, CardRule]:
    found = ledger.card(session, shop_id=shop_id, where=Card.id == card_id, lock=True)
    if found is None:
        raise NotHere(_GONE)
    return found
