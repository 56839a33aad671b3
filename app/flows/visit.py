"""A visit without a stamp: a purchase that the shop's till or another program tells of, or that staff write down.

What it sets off: always the sums of its day and of the person, the standing in the tiers, and that nobody asks after
somebody who has just come. Only of a visit that is happening now (SAME_VISIT), as with a stamp: coupons for coming,
the friend's reward, and at the counter the thanks. An order of last week sets off none of these: nobody expects a
present for it any more. No stamp and no points: those are given at the counter, for what the shop's rule says.

A purchase at the counter within hours of a stamp is that stamp's visit and fills in what was bought; a stamp that
follows belongs to the purchase. Two receipts are two purchases.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.cards.actions import ledger, purchases
from app.cards.models import Card, CardRule
from app.customers import actions as people
from app.customers.models import Customer
from app.flows import at_visit, audit, come_back, news, tier, undo
from app.flows import refund as taking_back
from app.flows.unit import after_a_race, write
from app.insights import actions as sums
from app.kit.clock import kst_day
from app.kit.refusals import NotHere
from app.messages import outbox
from app.programs.rules import NoSuchPerson, OtherOrder
from app.shops import actions as shops
from app.visits import actions as visits
from app.visits.models import Visit
from app.visits.rules import AT_COUNTER, BY_HAND, Bought, NotToday


def record(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    at: datetime,
    channel: str,
    amount: int | None,
    items: Sequence[Bought],
    source_key: str | None,
    staff_id: int | None,
    now: datetime,
) -> tuple[int, bool]:
    """Write a purchase down inside the caller's transaction; returns (visit, whether it is a new one).

    `amount` in won; `source_key`: the order's number in its channel, by which it comes once. Raises NoSuchPerson,
    OtherOrder when that number is another purchase here, IntegrityError when it comes twice at once (run it again).
    """
    found = ledger.card(session, shop_id=shop_id, where=Card.customer_id == customer_id, lock=True)
    person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
    if found is None or person is None:
        raise NoSuchPerson
    if source_key is not None:
        before = visits.of_source(session, shop_id=shop_id, channel=channel, source_key=source_key)
        if before is not None:
            if (before.customer_id, before.amount) != (customer_id, amount):
                raise OtherOrder
            return before.id, False
    visit = None
    if channel in AT_COUNTER:
        visit = visits.without_purchase(session, person=person, at=at, amount=amount)
    is_new = visit is None
    last_at = person.last_visit_at
    if visit is None:
        facts = {"channel": channel, "source_key": source_key, "amount": amount}
        visit = visits.add_visit(session, person=person, at=at, staff_id=staff_id, **facts)
    else:
        sums.count_amount(session, shop_id=shop_id, at=visit.at, before=visit.amount, after=amount)
        visit.channel, visit.source_key, visit.amount = channel, source_key, amount
        visits.count_again(session, shop_id=shop_id, customer_ids=(customer_id,), now=now)
    visits.add_items(session, visit=visit, items=items)
    if items and not is_new:  # of a new one its day is counted below
        sums.touch(session, shop_id=shop_id, customer_ids=(customer_id,))
    ledger.touch(session, shop_id=shop_id, card_id=found[0].id)
    if is_new:
        _came(session, visit=visit, person=person, card=found, last_at=last_at, now=now)
    return visit.id, is_new


def _came(
    session: Any,
    *,
    visit: Visit,
    person: Customer,
    card: tuple[Card, CardRule],
    last_at: datetime | None,
    now: datetime,
) -> None:
    """Count a visit that has just been written down, and set off what follows from it."""
    of: dict[str, Any] = {"shop_id": visit.shop_id, "customer_id": person.id}
    sums.count(
        session,
        shop_id=visit.shop_id,
        at=visit.at,
        visits=1,
        returning_visits=int(not visit.is_first),
        new_customers=int(visit.is_first),
        sales=visit.amount or 0,
        priced=int(visit.amount is not None),
    )
    if not visit.is_first and person.first_visit_at == visit.at:
        # Told of late, it was the first: in their later months they are of another month's people.
        sums.touch(session, shop_id=visit.shop_id, customer_ids=(person.id,))
    is_now = visit.at > now - visits.SAME_VISIT
    if is_now and visit.channel in AT_COUNTER:
        _thank(session, visit=visit, person=person, card=card, now=now)
    uses = shops.uses(session, shop_id=visit.shop_id)
    if is_now:
        at_visit.came(session, **of, visit_id=visit.id, is_first=visit.is_first, uses=uses, now=now)
    elif "tiers" in uses:
        tier.look_again(session, **of, now=now, visit_id=visit.id)
    away = timedelta() if last_at is None else visit.at - last_at
    if away >= come_back.SHORTEST:
        come_back.they_came(session, **of, away=away, now=now)
    news.visit_created(session, visit=visit, uses=uses, now=now)


def _thank(
    session: Any, *, visit: Visit, person: Customer, card: tuple[Card, CardRule], now: datetime
) -> None:
    held, rule = card
    facts = {"balance": held.balance, "goal": rule.goal, "reward": rule.reward_name, "added": 0}
    outbox.plan(
        session,
        shop_id=visit.shop_id,
        customer_id=person.id,
        kind="thank_you",
        cause=f"visit:{visit.id}",
        due_at=now,
        facts=facts | {"visit_number": person.visit_count},
        now=now,
    )


def refund(session: Any, *, shop_id: int, visit_id: int, staff_id: int, now: datetime) -> bool:
    """Take a purchase back inside the caller's transaction, with all it earned; False when it was taken back before.

    `staff_id`: in whose name. Raises NotHere for another shop's visit or a person who has left.
    """
    visit = visits.visit(session, shop_id=shop_id, visit_id=visit_id)
    if visit is None:
        raise NotHere("찾으시는 방문이 없어요.")
    ledger.hold_card(session, shop_id=shop_id, customer_id=visit.customer_id)
    if visits.standing_visit(session, shop_id=shop_id, visit_id=visit_id) is None:
        return False
    taking_back.take_back(session, shop_id=shop_id, staff_id=staff_id, visit_id=visit_id, now=now)
    return True


def write_down(
    *,
    shop_id: int,
    staff_id: int,
    customer_id: int,
    amount: int | None,
    items: Sequence[Bought],
    once: str,
    now: datetime,
) -> tuple[int, bool]:
    """구매 적기: staff write down what somebody bought; the same `once` is the same purchase. Returns as record does.

    Without an amount it is what the items come to. Raises NoSuchPerson.
    """
    total = amount if amount is not None else sum(item.quantity * item.price for item in items) or None

    def written() -> tuple[int, bool]:
        with write() as session:
            return record(
                session,
                shop_id=shop_id,
                customer_id=customer_id,
                at=now,
                channel="shop",
                amount=total,
                items=items,
                source_key=f"{BY_HAND}{once}"[:64],
                staff_id=staff_id,
                now=now,
            )

    return after_a_race(written)


def cross_out(*, shop_id: int, visit_id: int, staff_id: int, now: datetime) -> int:
    """되돌리기 of what was written down: a stamp's visit keeps its stamp, with what was typed for it; any other is taken
    back. Returns whose it was.

    Twice is once; the record of changes says who. Raises NotHere for another shop's visit, NotToday after its day.
    """
    return after_a_race(lambda: _cross_out(shop_id=shop_id, visit_id=visit_id, staff_id=staff_id, now=now))


def _cross_out(*, shop_id: int, visit_id: int, staff_id: int, now: datetime) -> int:
    with write() as session:
        visit = visits.visit(session, shop_id=shop_id, visit_id=visit_id)
        if visit is None:
            raise NotHere("찾으시는 방문이 없어요.")
        ledger.hold_card(session, shop_id=shop_id, customer_id=visit.customer_id)
        visit = visits.standing_visit(session, shop_id=shop_id, visit_id=visit_id)
        if visit is None or not _is_by_hand(visit):
            raise NotHere("이미 되돌렸어요.")
        if kst_day(visit.at) != kst_day(now):
            raise NotToday
        before = visit.amount
        stamps = purchases.earned_at(session, visit=visit)
        if stamps:
            typed = sum(line.amount or 0 for line in stamps) or None
            visits.drop_items(session, visit=visit)
            sums.count_amount(session, shop_id=shop_id, at=visit.at, before=before, after=typed)
            sums.touch(session, shop_id=shop_id, customer_ids=(visit.customer_id,))
            visit.amount, visit.source_key = typed, None
            visits.count_again(session, shop_id=shop_id, customer_ids=(visit.customer_id,), now=now)
        else:
            undo.end_visit(
                session,
                shop_id=shop_id,
                visit_id=visit.id,
                customer_id=visit.customer_id,
                reason="구매 적기 취소",
                now=now,
            )
        audit.note(
            session, shop_id=shop_id, what="amount_changed", staff_id=staff_id, subject=f"visit:{visit_id}",
            detail=f"{before if before is not None else '-'} → {visit.amount if stamps and visit.amount else '-'}", now=now,
        )  # fmt: skip
        return visit.customer_id


def _is_by_hand(visit: Visit) -> bool:
    return visit.channel == "shop" and (visit.source_key or "").startswith(BY_HAND)
