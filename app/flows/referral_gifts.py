"""What one side of a referral is given, and how it is taken back when the visit was undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.actions import ledger, rewards
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
    found = ledger.card(session, shop_id=shop_id, where=Card.id == entry.card_id, lock=True)
    if found is None:
        return False
    card, _rule = found
    fill_id = None
    if card.balance < entry.delta:
        # They went into a full card: its reward comes back as stamps, unless somebody has had it.
        fill_id = rewards.withdraw_newest(session, shop_id=shop_id, card_id=card.id, now=now)
        if fill_id is None:
            return False
        fill = ledger.entry(session, shop_id=shop_id, entry_id=fill_id)
        ledger.add_entry(session, card=card, kind="reverse", delta=-fill.delta, now=now, reverses_id=fill.id)
        recall.cancel(session, shop_id=shop_id, cause=f"fill:{fill_id}", reason=_UNDONE, now=now)
    ledger.add_entry(session, card=card, kind="reverse", delta=-entry.delta, now=now, reverses_id=entry.id)
    sums.count(session, shop_id=shop_id, at=entry.at, stamps=-entry.delta)
    return True
