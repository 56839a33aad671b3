"""적립 취소: a stamp is taken back by a reversal, and with it what stood on it. Nothing is deleted.

A review of the visit stays, and the stamps that were given for it: else 적립 취소 would be a way to make an
unwelcome review vanish (전자상거래법 21조 1항 1호).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.actions import ledger, rewards
from app.cards.models import Card, CardRule, LedgerEntry
from app.customers import actions as people
from app.flows import at_visit
from app.flows.unit import write
from app.insights import actions as sums
from app.kit.refusals import NotHere
from app.messages import recall
from app.shops import actions as shops
from app.visits import actions as visits


def undo_stamp(*, shop_id: int, staff_id: int, entry_id: int, now: datetime) -> int:
    """Take a stamp back by a reversal; when the stamps no longer carry it, the newest unused reward goes too.

    Returns the card's id. Raises NothingToUndo when it was taken back before.
    """
    with write() as session:
        entry = ledger.entry_to_reverse(session, shop_id=shop_id, entry_id=entry_id)
        found = ledger.card(session, shop_id=shop_id, where=Card.id == entry.card_id, lock=True)
        if found is None:
            raise NotHere
        card, rule = found
        # Asked again under the card's lock: two taps on 적립 취소 reverse once.
        entry = ledger.entry_to_reverse(session, shop_id=shop_id, entry_id=entry_id)
        turn_around(
            session, card=card, rule=rule, entry=entry, staff_id=staff_id, reason="적립 취소", now=now
        )
        return card.id


def turn_around(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    entry: LedgerEntry,
    staff_id: int,
    reason: str,
    now: datetime,
) -> None:
    """Take a standing stamp back inside the caller's transaction: what it brought, its visit, its letters."""
    ledger.add_entry(
        session,
        card=card,
        kind="reverse",
        delta=-entry.delta,
        now=now,
        reverses_id=entry.id,
        staff_id=staff_id,
        visit_id=entry.visit_id,
    )
    if card.balance < 0:
        _take_back_a_reward(session, card=card, staff_id=staff_id, now=now)
    _undo_visit(session, entry=entry, now=now)
    recall.cancel(session, shop_id=card.shop_id, cause=f"stamp:{entry.id}", reason=reason, now=now)


def _take_back_a_reward(session: Any, *, card: Card, staff_id: int, now: datetime) -> None:
    """Turn the newest reward nobody used back into stamps; a used one leaves the balance below zero."""
    fill_id = rewards.withdraw_newest(session, shop_id=card.shop_id, card_id=card.id, now=now)
    if fill_id is None:
        return
    fill = ledger.entry(session, shop_id=card.shop_id, entry_id=fill_id)
    ledger.add_entry(
        session, card=card, kind="reverse", delta=-fill.delta, now=now, reverses_id=fill.id, staff_id=staff_id
    )
    recall.cancel(session, shop_id=card.shop_id, cause=f"fill:{fill_id}", reason="적립 취소", now=now)


def _undo_visit(session: Any, *, entry: LedgerEntry, now: datetime) -> None:
    """Take the visit back with its last stamp, and from the day's sums what it had added."""
    shop_id, visit_id = entry.shop_id, entry.visit_id
    sums.count(session, shop_id=shop_id, at=entry.at, stamps=-entry.delta)
    person = people.customer(session, shop_id=shop_id, customer_id=entry.customer_id, lock=True)
    if (
        visit_id is None
        or person is None
        or ledger.stamps_of_visit(session, shop_id=shop_id, visit_id=visit_id)
    ):
        return
    visit = visits.reverse_visit(session, shop_id=shop_id, visit_id=visit_id, person=person, now=now)
    if visit is None:
        return
    sums.count(
        session,
        shop_id=shop_id,
        at=visit.at,
        visits=-1,
        returning_visits=-int(not visit.is_first),
        new_customers=-int(visit.is_first),
    )
    recall.cancel(session, shop_id=shop_id, cause=f"visit:{visit_id}", reason="적립 취소", now=now)
    uses = shops.uses(session, shop_id=shop_id)
    if uses:
        at_visit.undone(
            session, shop_id=shop_id, customer_id=person.id, visit_id=visit_id, uses=uses, now=now
        )
