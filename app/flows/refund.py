"""환불: a purchase is given back. What it earned is taken back, what was used at it is the customer's again.

A review of the visit stays, and the stamps that were given for it, as with 적립 취소 (undo.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cards.actions import ledger, purchases
from app.cards.models import Card, CardRule
from app.cards.rules import NothingToUndo
from app.coupons.purchases import used_at
from app.flows import audit, coupon, points, redeem, undo
from app.flows.unit import after_a_race, write
from app.insights import actions as sums
from app.kit.refusals import NotHere
from app.visits import actions as visits
from app.visits.models import Visit

REASON = "환불"


@dataclass(frozen=True)
class Refunded:
    """A refunded visit. `balance` and `points`: what is on the card now, below zero where more was used."""

    card_id: int
    customer_id: int
    balance: int
    points: int


def refund(*, shop_id: int, staff_id: int, visit_id: int, now: datetime) -> Refunded:
    """Take back all that a visit earned and give back the rewards, coupons and points used at it, once.

    The money itself is the till's. Raises NothingToUndo the second time, NotHere for another shop's visit.
    """

    def refunded() -> Refunded:
        with write() as session:
            return take_back(session, shop_id=shop_id, staff_id=staff_id, visit_id=visit_id, now=now)

    return after_a_race(refunded)


def take_back(session: Any, *, shop_id: int, staff_id: int, visit_id: int, now: datetime) -> Refunded:
    """The same inside the caller's transaction. Raises NothingToUndo the second time, NotHere."""
    customer_id = _standing(session, shop_id=shop_id, visit_id=visit_id).customer_id
    card, rule = _hold(session, shop_id=shop_id, customer_id=customer_id)
    # Asked again under the card's lock: two taps refund once.
    visit = _standing(session, shop_id=shop_id, visit_id=visit_id)
    # What was used goes back first: a reward earned and used at this very visit then goes with its stamps.
    for redemption_id in purchases.used_at(session, visit=visit):
        redeem.take_back(session, shop_id=shop_id, staff_id=staff_id, redemption_id=redemption_id, now=now)
    for use in used_at(shop_id=shop_id, visit_id=visit_id):
        coupon.take_back(session, shop_id=shop_id, staff_id=staff_id, use_id=use.use_id, now=now)
    by: dict[str, Any] = {"staff_id": staff_id, "how": "refund", "now": now}
    for line in purchases.spent_at(session, visit=visit):
        card, rule = _hold(session, shop_id=shop_id, customer_id=customer_id)
        points.give_back(session, card=card, rule=rule, entry=line, **by)
    amount = visit.amount
    for line in purchases.earned_at(session, visit=visit):
        card, rule = _hold(session, shop_id=shop_id, customer_id=customer_id)
        undo.turn_around(session, card=card, rule=rule, entry=line, reason=REASON, **by)
    if visit.reversed_at is None:
        sums.count_amount(session, shop_id=shop_id, at=visit.at, before=visit.amount, after=amount)
    visit.amount = amount  # what was refunded stays to be read
    undo.end_visit(
        session, shop_id=shop_id, visit_id=visit_id, customer_id=customer_id, reason=REASON, now=now
    )
    card, _rule = _hold(session, shop_id=shop_id, customer_id=customer_id)
    audit.note(
        session, shop_id=shop_id, what="refund", staff_id=staff_id, subject=f"visit:{visit_id}", now=now
    )
    return Refunded(card.id, customer_id, card.balance, card.points)


def _standing(session: Any, *, shop_id: int, visit_id: int) -> Visit:
    visit = visits.visit(session, shop_id=shop_id, visit_id=visit_id)
    if visit is None:
        raise NotHere("찾으시는 방문이 없어요. 손님 화면에서 다시 골라 주세요.")
    if visit.reversed_at is not None:
        raise NothingToUndo("이미 환불했거나 취소한 방문이에요.")
    return visit


def _hold(session: Any, *, shop_id: int, customer_id: int) -> tuple[Card, CardRule]:
    """Return the person's card with the rule it is under by now, held."""
    found = ledger.card(session, shop_id=shop_id, where=Card.customer_id == customer_id, lock=True)
    if found is None:
        raise NotHere("이 손님의 카드는 이제 없어서 환불할 수 없어요.")
    return found
