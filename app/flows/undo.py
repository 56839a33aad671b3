"""적립 취소: a stamp is taken back by a reversal, and with it what stood on it. Nothing is deleted.

A review of the visit stays, and the stamps that were given for it: else 적립 취소 would be a way to make an
unwelcome review vanish (전자상거래법 21조 1항 1호).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.actions import earning, ledger, merged, purchases
from app.cards.models import Card, CardRule, LedgerEntry
from app.customers import actions as people
from app.flows import at_visit, news, warranty
from app.flows.unit import after_a_race, write
from app.insights import actions as sums
from app.kit.refusals import NotHere
from app.messages import recall
from app.shops import actions as shops
from app.visits import actions as visits


def undo_stamp(*, shop_id: int, staff_id: int, entry_id: int, now: datetime) -> int:
    """Take a stamp back by a reversal; when the stamps no longer carry it, the newest unused reward goes too.

    Returns the card's id. Raises NothingToUndo when it was taken back before.
    """
    return after_a_race(lambda: _undo_stamp(shop_id=shop_id, staff_id=staff_id, entry_id=entry_id, now=now))


def _undo_stamp(*, shop_id: int, staff_id: int, entry_id: int, now: datetime) -> int:
    with write() as session:
        entry = ledger.entry_to_reverse(session, shop_id=shop_id, entry_id=entry_id)
        found = merged.card_now(session, shop_id=shop_id, card_id=entry.card_id)
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
    how: str = "",
    now: datetime,
) -> None:
    """Take a standing stamp back inside the caller's transaction: what it brought, its visit, its letters."""
    own = purchases.visits_own(session, entry=entry)
    for line in purchases.corrections_of(session, entry=entry):
        earning.give_back(session, card=card, rule=rule, entry=line, staff_id=staff_id, how=how, now=now)
    causes = earning.take_back(
        session, card=card, rule=rule, entry=entry, staff_id=staff_id, how=how, now=now
    )
    sums.count(session, shop_id=card.shop_id, at=entry.at, stamps=-entry.delta)
    visit = visits.standing_visit(session, shop_id=card.shop_id, visit_id=entry.visit_id or 0)
    had = visit.amount if visit is not None else None
    goes_on = purchases.leave_to_the_others(session, card=card, entry=entry, own=own, now=now)
    ends = entry.visit_id is not None and not goes_on and not _is_purchase(session, entry=entry)
    if visit is not None and not ends:
        sums.count_amount(session, shop_id=card.shop_id, at=visit.at, before=had, after=visit.amount)
    visits.count_again(session, shop_id=card.shop_id, customer_ids=(card.customer_id,), now=now)
    if ends and entry.visit_id is not None:
        end_visit(
            session,
            shop_id=card.shop_id,
            visit_id=entry.visit_id,
            customer_id=card.customer_id,
            reason=reason,
            now=now,
        )
    for cause in causes:
        recall.cancel(session, shop_id=card.shop_id, cause=cause, reason=reason, now=now)


def _is_purchase(session: Any, *, entry: LedgerEntry) -> bool:
    """Tell whether the stamp's visit is also a purchase that a till told of or staff wrote down: that one stands."""
    visit = visits.visit(session, shop_id=entry.shop_id, visit_id=entry.visit_id or 0)
    return visit is not None and not visits.is_open(visit)


def end_visit(
    session: Any, *, shop_id: int, visit_id: int, customer_id: int, reason: str, now: datetime
) -> None:
    """Take a visit back with what it had set off; nothing happens when it was taken back before."""
    person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
    if person is None:
        return
    came_first = person.first_visit_at
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
        sales=-(visit.amount or 0),
        priced=-int(visit.amount is not None),
    )
    if person.first_visit_at != came_first:
        sums.touch(session, shop_id=shop_id, customer_ids=(person.id,))
    recall.cancel(session, shop_id=shop_id, cause=f"visit:{visit_id}", reason=reason, now=now)
    warranty.purchases_gone(session, shop_id=shop_id, visit_ids=[visit_id], cause="refund", now=now)
    uses = shops.uses(session, shop_id=shop_id)
    if uses:
        at_visit.undone(
            session, shop_id=shop_id, customer_id=person.id, visit_id=visit_id, uses=uses, now=now
        )
        news.visit_refunded(session, visit=visit, uses=uses, now=now)
