"""What somebody paid, by one tap after the stamp. Never required; put right or taken away that same day."""

from __future__ import annotations

from datetime import datetime

from app.cards.actions import ledger, merged, purchases
from app.flows import audit, points
from app.flows.unit import after_a_race, write
from app.insights import actions as sums
from app.kit.clock import kst_day
from app.kit.refusals import NotHere
from app.shops import actions as shops
from app.visits import actions as visits
from app.visits import rules
from app.visits.rules import NotToday, ToldElsewhere


def put(*, shop_id: int, staff_id: int, entry_id: int, typed: str, now: datetime) -> tuple[int, int | None]:
    """Put an amount as typed on the visit of a stamp, "" takes it away; returns (card, won).

    The same amount again changes nothing. The stamp stands for what the visit's others leave. Points follow by the
    card's rule, under its lock. A change of what stood there is written into the record of changes. Raises Invalid (field: amount), NotToday, NothingToUndo
    for a stamp that was taken back, ToldElsewhere where a till or 구매 적기 said another amount, NotHere.
    """
    amount = rules.read_amount(typed)
    return after_a_race(
        lambda: _put(shop_id=shop_id, staff_id=staff_id, entry_id=entry_id, amount=amount, now=now)
    )


def _put(
    *, shop_id: int, staff_id: int, entry_id: int, amount: int | None, now: datetime
) -> tuple[int, int | None]:
    with write() as session:
        entry = ledger.entry_to_reverse(session, shop_id=shop_id, entry_id=entry_id)
        found = merged.card_now(session, shop_id=shop_id, card_id=entry.card_id)
        if found is None or entry.visit_id is None:
            raise NotHere("찾으시는 카드가 없어요. 손님께 카드를 다시 열어 달라고 해 주세요.")
        card, rule = found
        # Asked again under the card's lock: 적립 취소 may have been faster.
        entry = ledger.entry_to_reverse(session, shop_id=shop_id, entry_id=entry_id)
        visit = visits.standing_visit(session, shop_id=shop_id, visit_id=entry.visit_id or 0)
        if visit is None:
            raise NotHere
        if kst_day(entry.at) != kst_day(now):
            raise NotToday
        before = visit.amount
        if before == amount:
            return card.id, amount
        if not visits.is_open(visit):
            raise ToldElsewhere
        visit.amount = amount
        sums.count_amount(session, shop_id=shop_id, at=visit.at, before=before, after=amount)
        visits.count_again(session, shop_id=shop_id, customer_ids=(visit.customer_id,), now=now)
        others = [each for each in purchases.earned_at(session, visit=visit) if each.id != entry.id]
        lines = [entry, *others]
        for line, won in zip(lines, rules.shared(amount, [each.amount for each in lines]), strict=True):
            if line is entry or won != line.amount:
                points.follow_amount(session, card=card, rule=rule, entry=line, amount=won, now=now)
        if before is not None:
            audit.note(
                session,
                shop_id=shop_id,
                what="amount_changed",
                staff_id=staff_id,
                subject=f"visit:{visit.id}",
                detail=f"{before} → {amount if amount is not None else '-'}",
                now=now,
            )
        return card.id, amount


def save_prices(*, shop_id: int, staff_id: int, typed: list[str], now: datetime) -> tuple[int, ...]:
    """Set the price buttons, or none. Raises Invalid (fields: price1 … price6)."""
    prices = rules.read_prices(typed)
    with write() as session:
        shop = shops.shop(session, shop_id=shop_id)
        words = " ".join(map(str, prices))
        if shop.prices != words:
            shop.prices = words
            audit.note(session, shop_id=shop_id, what="prices_set", staff_id=staff_id, detail=words, now=now)
        return prices
