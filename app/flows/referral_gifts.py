"""What one side of a referral is given, and how it is taken back when the visit was undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.actions import earning, ledger, merged, rewards
from app.cards.models import Card
from app.coupons.models import Coupon
from app.flows import coupon_rules, free_stamps
from app.insights import actions as sums
from app.messages import recall
from app.referrals.rules import Gift

_UNDONE = "적립 취소"


def hold(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Hold a person's card until the flow ends: what is counted for them is counted one after the other."""
    ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)


def give(
    session: Any, *, shop_id: int, customer_id: int, gift: Gift, cause: str, now: datetime
) -> tuple[int | None, int | None]:
    """Give a person their gift once for this cause; returns (ledger line, coupon), None where there is none.

    A card that was closed meanwhile, or a coupon that is given no more, gives nothing.
    """
    if gift.kind_id:
        return None, coupon_rules.give_kind(
            session, shop_id=shop_id, customer_id=customer_id, kind_id=gift.kind_id, cause=cause, now=now
        )
    if not gift.stamps:
        return None, None
    found = ledger.card(session, shop_id=shop_id, where=Card.customer_id == customer_id, lock=True)
    if found is None:
        return None, None
    card, rule = found
    entry = free_stamps.give(
        session, card=card, rule=rule, stamps=gift.stamps, how="referral", once=cause, now=now
    )
    return entry, None


def take_back(
    session: Any, *, shop_id: int, entry_id: int | None, coupon_id: int | None, now: datetime
) -> bool:
    """Take one side's gift back while nobody used it; False when it is used and so stays theirs."""
    if coupon_id is not None:
        which = [Coupon.id == coupon_id]
        return bool(coupon_rules.withdraw(session, shop_id=shop_id, which=which, reason=_UNDONE, now=now))
    return entry_id is None or _take_stamps_back(session, shop_id=shop_id, entry_id=entry_id, now=now)


def _take_stamps_back(session: Any, *, shop_id: int, entry_id: int, now: datetime) -> bool:
    entry = ledger.entry(session, shop_id=shop_id, entry_id=entry_id)
    found = ledger.card(
        session, shop_id=shop_id, where=Card.id == entry.card_id, lock=True
    ) or merged.kept_card(session, shop_id=shop_id, card_id=entry.card_id)
    if found is None:
        return False
    card, rule = found
    if card.balance < entry.delta and not rewards.has_unused(session, shop_id=shop_id, card_id=card.id):
        return False  # they went into a full card, and somebody has had its reward
    causes = earning.take_back(session, card=card, rule=rule, entry=entry, staff_id=None, now=now)
    for cause in causes:
        recall.cancel(session, shop_id=shop_id, cause=cause, reason=_UNDONE, now=now)
    sums.count(session, shop_id=shop_id, at=entry.at, stamps=-entry.delta)
    return True
