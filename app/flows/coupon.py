"""Using a coupon: proven holder, conditions, exactly once; and taking a use back.

The card is held first, as every flow takes it: two coupons of one person at once see each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.cards.actions import codes, ledger
from app.cards.models import Card, CardRule, CodeUse
from app.cards.rules import LIVE_SECONDS, NothingToUndo
from app.coupons import actions as coupons
from app.coupons import rules
from app.coupons.models import Coupon, CouponKind, CouponUse
from app.coupons.rules import ForeignCoupon, OldCoupon
from app.flows import audit, coupon_rules, free_stamps, own_card, spending, undo
from app.flows.at_counter import card_key
from app.flows.coupon_tiers import tier_allows
from app.flows.unit import after_a_race, write
from app.insights import actions as sums
from app.kit.refusals import NotHere
from app.messages import recall
from app.visits import actions as visits
from app.visits.models import Visit

GONE = "찾으시는 쿠폰이 없어요. 손님 카드를 다시 열어 주세요."


@dataclass(frozen=True)
class Used:
    """A coupon that was used. `off`: won to take off the purchase; `repeated`: the same tap again."""

    use_id: int
    coupon_id: int
    card_id: int
    name: str
    off: int
    stamps: int
    repeated: bool


@dataclass(frozen=True)
class Scanned:
    """A coupon whose code was read: its holder's phone is here. `spent`: the code was read before."""

    coupon_id: int
    card_id: int


def scan(*, shop_id: int, code: str, master: bytes, now: datetime) -> Scanned:
    """Read a coupon's rotating code and spend it; the coupon itself is not used yet.

    Raises UnknownCode, ForeignCoupon, OldCoupon; CouponGone for a coupon that was used or taken back.
    """
    ref, mac = rules.read_code(code)
    with write() as session:
        found = coupons.coupon_by_ref(session, shop_id=shop_id, ref=ref)
        if found is None:
            raise ForeignCoupon
        coupon, _kind = found
        card, _rule = _card_of(session, shop_id=shop_id, customer_id=coupon.customer_id)
        key = card_key(master, shop_id=shop_id, card_id=card.id, version=card.key_version)
        step = rules.matching_step(key=key, shop_id=shop_id, card_ref=card.ref, ref=ref, mac=mac, now=now)
        if step is None:
            raise OldCoupon
        if coupon.used_at is not None or coupon.withdrawn_at is not None:
            raise coupons.why_gone(session, shop_id=shop_id, coupon_id=coupon.id)
        # A code read a second time proves no more than the first did, and lives no longer.
        codes.consume_code(session, shop_id=shop_id, card_id=card.id, step=step, now=now, what=ref)
        return Scanned(coupon.id, card.id)


def use(
    *,
    shop_id: int,
    staff_id: int,
    coupon_id: int,
    once: str,
    now: datetime,
    amount: int | None = None,
) -> Used:
    """Use a coupon for a purchase of `amount` won (asked for where it decides something).

    The same `once` gives the same answer. Raises NotHere, CouponGone (who and when), CouponOver,
    AmountMissing, TooLittle, NotTogether, TierTooLow, and what spending.proof raises.
    """
    return after_a_race(
        lambda: _use(
            shop_id=shop_id,
            staff_id=staff_id,
            coupon_id=coupon_id,
            once=once,
            now=now,
            amount=amount,
        )
    )


def _use(
    *,
    shop_id: int,
    staff_id: int,
    coupon_id: int,
    once: str,
    now: datetime,
    amount: int | None,
) -> Used:
    with own_card.kept(now=now), write() as session:
        before = coupons.use_by_once(session, shop_id=shop_id, once=once)
        found = coupons.coupon(session, shop_id=shop_id, coupon_id=before.coupon_id if before else coupon_id)
        if found is None:
            raise NotHere(GONE)
        card, rule = _card_of(session, shop_id=shop_id, customer_id=found[0].customer_id)
        # Asked again under the card's lock: the same tap, or another counter, may have been first.
        before = coupons.use_by_once(session, shop_id=shop_id, once=once)
        coupon, kind = coupons.coupon(session, shop_id=shop_id, coupon_id=found[0].id) or found
        if before is not None:
            return _answer(before, kind, card, repeated=True)
        if coupon.used_at is not None or coupon.withdrawn_at is not None:
            raise coupons.why_gone(session, shop_id=shop_id, coupon_id=coupon.id)
        _may(session, coupon=coupon, kind=kind, amount=amount, now=now)
        how = _proof(session, coupon=coupon, card=card, staff_id=staff_id, now=now)
        coupons.use(session, shop_id=shop_id, coupon_id=coupon.id, now=now)
        done = coupons.add_use(
            session,
            coupon=coupon,
            once=once,
            staff_id=staff_id,
            how=how,
            amount=amount,
            off=rules.taken_off(form=kind.form, value=kind.value, amount=amount),
            visit_id=visits.visit_here(session, shop_id=shop_id, customer_id=coupon.customer_id, now=now),
            now=now,
        )
        if kind.form == "extra" and kind.value:
            done.entry_id = free_stamps.give(
                session,
                card=card,
                rule=rule,
                stamps=kind.value,
                how="coupon",
                once=f"coupon:{done.id}",
                now=now,
            )
        sums.count(session, shop_id=shop_id, at=now, coupons_used=1)
        # Who has it in hand needs no message about it; what lies on the card stays, as what happened.
        recall.cancel(
            session,
            shop_id=shop_id,
            cause=f"coupon:{coupon.id}",
            but_card=True,
            reason="손님이 이미 쓰셨어요.",
            now=now,
        )
        coupon_rules.touch(session, shop_id=shop_id, customer_id=coupon.customer_id)
        session.flush()
        return _answer(done, kind, card, repeated=False)


def _may(session: Any, *, coupon: Coupon, kind: CouponKind, amount: int | None, now: datetime) -> None:
    refusal = rules.may_use(
        kind.terms,
        expires_at=coupon.expires_at,
        amount=amount,
        beside=coupons.used_beside(
            session, shop_id=coupon.shop_id, customer_id=coupon.customer_id, since=now - visits.SAME_VISIT
        ),
        tier_allows=tier_allows(
            session,
            shop_id=coupon.shop_id,
            customer_id=coupon.customer_id,
            least_tier_id=kind.least_tier_id,
        ),
        now=now,
    )
    if refusal is not None:
        raise refusal


def _proof(session: Any, *, coupon: Coupon, card: Card, staff_id: int, now: datetime) -> str:
    """Return how the holder was checked; the coupon's own code, read a moment ago, is their phone itself."""
    read = session.scalar(
        select(CodeUse.id)
        .where(
            CodeUse.shop_id == card.shop_id,
            CodeUse.card_id == card.id,
            CodeUse.what == coupon.ref,
            CodeUse.at > now - timedelta(seconds=LIVE_SECONDS),
            CodeUse.at <= now,
        )
        .limit(1)
    )
    if read is not None:
        own_card.check(session, shop_id=card.shop_id, staff_id=staff_id, card_id=card.id)
        return "live_card"
    return spending.proof(session, shop_id=card.shop_id, card_id=card.id, staff_id=staff_id, now=now)


def undo_use(*, shop_id: int, staff_id: int, use_id: int, now: datetime) -> int:
    """Take a use back; the coupon is the customer's again, and what it brought is gone. Returns the card's id.

    A coupon whose visit was undone meanwhile goes with it. Raises NothingToUndo the second time.
    """
    with write() as session:
        card_id = take_back(session, shop_id=shop_id, staff_id=staff_id, use_id=use_id, now=now)
        audit.note(
            session,
            shop_id=shop_id,
            what="coupon_use_undone",
            staff_id=staff_id,
            subject=f"coupon_use:{use_id}",
            now=now,
        )
        return card_id


def take_back(session: Any, *, shop_id: int, staff_id: int, use_id: int, now: datetime) -> int:
    """Take a use back inside the caller's transaction. Returns the card's id; raises NothingToUndo the second time."""
    done = coupons.use_by_id(session, shop_id=shop_id, use_id=use_id)
    found = coupons.coupon(session, shop_id=shop_id, coupon_id=done.coupon_id) if done else None
    if done is None or found is None:
        raise NothingToUndo
    coupon = found[0]
    card, rule = _card_of(session, shop_id=shop_id, customer_id=coupon.customer_id)
    if not coupons.reverse_use(session, shop_id=shop_id, use_id=use_id, staff_id=staff_id, now=now):
        raise NothingToUndo
    if done.entry_id is not None:
        _take_stamps_back(session, card=card, rule=rule, entry_id=done.entry_id, staff_id=staff_id, now=now)
    if _visit_is_undone(session, coupon=coupon):
        coupon_rules.withdraw(
            session, shop_id=shop_id, which=[Coupon.id == coupon.id], reason="적립 취소", now=now
        )
    sums.count(session, shop_id=shop_id, at=done.at, coupons_used=-1)
    coupon_rules.touch(session, shop_id=shop_id, customer_id=coupon.customer_id)
    return card.id


def _take_stamps_back(
    session: Any, *, card: Card, rule: CardRule, entry_id: int, staff_id: int, now: datetime
) -> None:
    try:
        entry = ledger.entry_to_reverse(session, shop_id=card.shop_id, entry_id=entry_id)
    except NothingToUndo:
        return  # taken back by themselves before
    undo.turn_around(
        session, card=card, rule=rule, entry=entry, staff_id=staff_id, reason="사용 취소", now=now
    )


def _visit_is_undone(session: Any, *, coupon: Coupon) -> bool:
    what, _, number = coupon.cause.partition(":")
    if what != "visit" or not number.isdigit():
        return False
    gone = select(Visit.id).where(
        Visit.shop_id == coupon.shop_id, Visit.id == int(number), Visit.reversed_at.is_not(None)
    )
    return session.scalar(gone) is not None


def _card_of(session: Any, *, shop_id: int, customer_id: int) -> tuple[Card, CardRule]:
    found = ledger.card(session, shop_id=shop_id, where=Card.customer_id == customer_id, lock=True)
    if found is None:
        raise NotHere(GONE)
    return found


def _answer(use: CouponUse, kind: CouponKind, card: Card, *, repeated: bool) -> Used:
    stamps = kind.value if kind.form == "extra" else 0
    return Used(use.id, use.coupon_id, card.id, kind.name, use.off, stamps, repeated)
