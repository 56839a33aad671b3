"""Coupons by hand: to one person, or to a group in steps; taken back while unused, for a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.cards.actions import merged
from app.coupons import book
from app.coupons.models import Coupon, CouponGift, CouponKind
from app.coupons.rules import WITHDRAW_WITHIN
from app.flows import audit, coupon_rules
from app.flows.unit import after_a_race, write
from app.insights import groups
from app.kit.refusals import Invalid, NotHere, Refused
from app.kit.signing import token_hash

NO_KIND = "찾으시는 쿠폰 종류가 없어요. 쿠폰 목록에서 다시 골라 주세요."
# One transaction gives to so many: a stamp waits no longer than this takes.
_AT_ONCE = 25


class NothingToWithdraw(Refused):
    """It was used or taken back before, or the time for it is over."""

    code = "nothing_to_withdraw"
    sentence = "이미 쓰셨거나 거둘 수 있는 하루가 지나서 거두지 못했어요."


class HasItAlready(Refused):
    """The person has as many of a kind as one may have, or the kind gives nothing any more."""

    code = "has_it_already"
    sentence = "이미 받으셨거나, 드릴 수 있는 만큼 다 드린 쿠폰이에요."


def give_by_hand(
    *, shop_id: int, staff_id: int, customer_id: int, kind_id: int, once: str, now: datetime
) -> int:
    """Give one coupon to one person; the same `once` gives one. Returns its id.

    Raises NotHere, HasItAlready.
    """
    cause = f"hand:{token_hash(once)[:32]}"
    with write() as session:
        merged.hold_cards(session, shop_id=shop_id, customer_ids=[customer_id])
        before = session.scalar(
            select(Coupon.id).where(
                Coupon.shop_id == shop_id, Coupon.customer_id == customer_id, Coupon.cause == cause
            )
        )
        if before is not None:
            return int(before)
        _must_exist(session, shop_id=shop_id, kind_id=kind_id)
        if not coupon_rules.holds_card(session, shop_id=shop_id, customer_id=customer_id):
            raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
        made = coupon_rules.give_kind(
            session, shop_id=shop_id, customer_id=customer_id, kind_id=kind_id, cause=cause, now=now
        )
        if made is None:
            raise HasItAlready
        audit.note(
            session,
            shop_id=shop_id,
            what="coupon_given",
            staff_id=staff_id,
            subject=f"coupon:{made}",
            now=now,
        )
        return made


def withdraw_one(*, shop_id: int, staff_id: int, coupon_id: int, now: datetime) -> int:
    """Take back a coupon given by hand within the last day and not used; returns whose it was.

    Raises NothingToWithdraw for any other.
    """
    with write() as session:
        which = [
            Coupon.id == coupon_id,
            Coupon.cause.startswith("hand:"),
            Coupon.issued_at > now - WITHDRAW_WITHIN,
        ]
        taken = coupon_rules.withdraw(
            session, shop_id=shop_id, which=which, reason="가게에서 거뒀어요.", now=now
        )
        if not taken:
            raise NothingToWithdraw
        audit.note(
            session,
            shop_id=shop_id,
            what="coupon_withdrawn",
            staff_id=staff_id,
            subject=f"coupon:{coupon_id}",
            now=now,
        )
        return taken[0].customer_id


def give_to_group(
    *, shop_id: int, staff_id: int, kind_id: int, group: str, counted: int, once: str, now: datetime
) -> int:
    """Give a kind to everybody in a group: after GROUP_WAITS the clock does it. The same `once` begins one.

    `counted`: how many the owner read that it is for; it is given to no other number of people. Returns the
    gift's id. Raises NotHere, Invalid.
    """
    if group not in groups.names(shop_id):
        raise Invalid({"people": "누구에게 드릴지 골라 주세요."})
    return after_a_race(
        lambda: _begin(
            shop_id=shop_id,
            staff_id=staff_id,
            kind_id=kind_id,
            group=group,
            counted=counted,
            once=once,
            now=now,
        )
    )


def _begin(
    *, shop_id: int, staff_id: int, kind_id: int, group: str, counted: int, once: str, now: datetime
) -> int:
    with write() as session:
        before = session.scalar(
            select(CouponGift.id).where(CouponGift.shop_id == shop_id, CouponGift.once == once)
        )
        if before is not None:
            return int(before)
        _must_exist(session, shop_id=shop_id, kind_id=kind_id)
        people = groups.count(shop_id=shop_id, group=group, now=now)
        if people != counted:
            raise Invalid({"people": f"그사이 {people:,}명이 되었어요. 몇 명인지 보고 다시 눌러 주세요."})
        gift = CouponGift(
            shop_id=shop_id,
            kind_id=kind_id,
            once=once,
            staff_id=staff_id,
            people=group,
            counted=counted,
            at=now,
        )
        session.add(gift)
        session.flush()
        audit.note(
            session,
            shop_id=shop_id,
            what="coupon_given",
            staff_id=staff_id,
            subject=f"coupon_gift:{gift.id}",
            detail=group,
            now=now,
        )
        return gift.id


def go_on(
    *, shop_id: int, gift_id: int, now: datetime, stop: Callable[[], bool] = lambda: False, steps: int = 0
) -> bool:
    """Give to the next people of a group; True when nothing is to be done. `steps` bounds the work, 0 = to the end.

    Every step is a transaction of its own, and begins where the last committed one ended: killed between
    two, it goes on there. Two workers at once give nobody two: the cause lets one in.
    """
    done_steps = 0
    while not stop():
        if _step(shop_id=shop_id, gift_id=gift_id, now=now):
            return True
        done_steps += 1
        if steps and done_steps >= steps:
            return False
    return False


def _step(*, shop_id: int, gift_id: int, now: datetime) -> bool:
    gift = book.open_gift(shop_id=shop_id, gift_id=gift_id, now=now)
    if gift is None:
        return True
    kind_id, group, at, after = gift
    # Who is in the group is seen from the moment it was given: the rest of it does not drift away meanwhile.
    ids, going_on = groups.members(shop_id=shop_id, group=group, now=at, after_id=after, limit=_AT_ONCE)
    with write() as session:
        held = session.scalar(
            select(CouponGift)
            .where(
                CouponGift.shop_id == shop_id,
                CouponGift.id == gift_id,
                CouponGift.done_at.is_(None),
                CouponGift.after_id == after,
            )
            .with_for_update()
        )
        if held is None:
            return False  # somebody else took this step; look again
        got = coupon_rules.give_to(
            session, shop_id=shop_id, customer_ids=ids, kind_id=kind_id, cause=f"gift:{gift_id}", now=now
        )
        held.given += len(got)
        held.after_id = after if going_on is None else going_on
        held.done_at = now if going_on is None else None
        return going_on is None


def withdraw_gift(*, shop_id: int, staff_id: int, gift_id: int, now: datetime) -> int:
    """Take back what a group was given within the last day and nobody used; returns how many.

    What was still to be given is not given any more. Raises NothingToWithdraw the second time.
    """
    with write() as session:
        stopped = session.scalar(
            update(CouponGift)
            .where(
                CouponGift.shop_id == shop_id,
                CouponGift.id == gift_id,
                CouponGift.withdrawn_at.is_(None),
                CouponGift.at > now - WITHDRAW_WITHIN,
            )
            .values(withdrawn_at=now, withdrawn_by=staff_id, done_at=now)
            .returning(CouponGift.id)
            .execution_options(synchronize_session=False)
        )
        if stopped is None:
            raise NothingToWithdraw
        taken = coupon_rules.withdraw(
            session,
            shop_id=shop_id,
            which=[Coupon.cause == f"gift:{gift_id}"],
            reason="가게에서 거뒀어요.",
            now=now,
        )
        audit.note(
            session,
            shop_id=shop_id,
            what="coupon_withdrawn",
            staff_id=staff_id,
            subject=f"coupon_gift:{gift_id}",
            now=now,
        )
        return len(taken)


def _must_exist(session: Any, *, shop_id: int, kind_id: int) -> None:
    known = select(CouponKind.id).where(CouponKind.shop_id == shop_id, CouponKind.id == kind_id)
    if session.scalar(known) is None:
        raise NotHere(NO_KIND)
