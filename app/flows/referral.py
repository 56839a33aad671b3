"""Who brought whom: both are given something at the friend's first real visit, once.

The visit decides, not the join: a card costs nothing to make, a stamp needs somebody at the counter. Nobody who
brings a friend is told who it was, and the friend is told no more than the inviter chose.

The stamp holds the friend's card, so it gives the friend theirs and only notes that the inviter's side is due:
that follows under the inviter's card in a transaction of its own (settle), or with the clock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.coupons.models import CouponKind
from app.coupons.words import called
from app.customers import actions as people
from app.customers.models import Customer
from app.flows import audit, referral_gifts
from app.flows.unit import after_a_race, afterwards, write
from app.kit.refusals import NotHere
from app.messages import outbox, recall
from app.referrals import actions as referrals
from app.referrals import queries, rules
from app.referrals.models import Referral
from app.referrals.rules import Facts, Gift
from app.shops import actions as shops

# Shop.uses: invitations are on; and, when they are off again, somebody was still promised something.
_ON, _PROMISED = "referrals", "referred"
WORDS = frozenset((_ON, _PROMISED))


def save_settings(
    *,
    shop_id: int,
    staff_id: int,
    is_on: bool,
    inviter: str,
    friend: str,
    month_most: str,
    now: datetime,
) -> None:
    """Say what both are given, and switch it on or off. Raises Invalid with a sentence a field.

    Off: no new links are made and none is followed; who came by one before is still given what was promised.
    """
    coupons = queries.coupon_names(shop_id) if is_on else {}
    if not is_on:
        with write() as session:
            if _ON in shops.uses(session, shop_id=shop_id):
                shops.set_use(session, shop_id=shop_id, what=_ON, is_on=False)
                shops.set_use(session, shop_id=shop_id, what=_PROMISED, is_on=True)
                audit.note(
                    session, shop_id=shop_id, what="referrals", staff_id=staff_id, detail="off", now=now
                )
        return
    settings = rules.clean_settings(inviter=inviter, friend=friend, month_most=month_most, coupons=coupons)
    with write() as session:
        before, was_on = referrals.settings(session, shop_id=shop_id), shops.uses(session, shop_id=shop_id)
        if settings == before and _ON in was_on:
            return
        referrals.put_settings(session, shop_id=shop_id, settings=settings, now=now)
        shops.set_use(session, shop_id=shop_id, what=_ON, is_on=True)
        detail = f"{settings.inviter.choice or '-'}/{settings.friend.choice or '-'}/{settings.month_most}"
        audit.note(session, shop_id=shop_id, what="referrals", staff_id=staff_id, detail=detail, now=now)


def make_invite(*, shop_id: int, customer_id: int, shows_name: bool, now: datetime) -> None:
    """Make a person's own link, or change whether it tells their masked name. Twice changes nothing.

    Raises NotHere for an erased person and for a shop that has it switched off.
    """
    with write() as session:
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id)
        if person is None or _ON not in shops.uses(session, shop_id=shop_id):
            raise NotHere("지금은 친구 초대를 쓰지 않는 가게예요.")
        shows_name = shows_name and bool(rules.shown_name(person.name))
        referrals.put_invite(
            session, shop_id=shop_id, customer_id=customer_id, shows_name=shows_name, now=now
        )


def note_join(session: Any, *, shop_id: int, friend: Customer, word: str, now: datetime) -> None:
    """Write down by whose link a new person joined, inside the join. An unknown word is nobody's: nothing happens."""
    if _ON not in shops.uses(session, shop_id=shop_id):
        return
    inviter = referrals.inviter_by_word(session, shop_id=shop_id, word=word)
    promised = referrals.settings(session, shop_id=shop_id)
    if inviter is None or promised is None or inviter.id == friend.id:
        return
    friend.source = "friend"
    referrals.add_referral(
        session, shop_id=shop_id, inviter_id=inviter.id, friend_id=friend.id, promised=promised, now=now
    )


def same_phone(session: Any, *, shop_id: int, customer_ids: set[int], now: datetime) -> None:
    """Two cards turn out to be in one phone: if one brought the other, nothing is given for it."""
    for friend_id in sorted(customer_ids):
        waiting = referrals.waiting(session, shop_id=shop_id, friend_id=friend_id)
        if waiting is not None and waiting.inviter_id in customer_ids:
            referrals.refuse(session, referral=waiting, why="self", now=now)


def at_first_visit(session: Any, *, shop_id: int, customer_id: int, visit_id: int, now: datetime) -> None:
    """Give both what was promised when a person who was brought comes for the first time.

    Inside the stamp, under the friend's card and person; the inviter's card is not touched here.
    """
    brought = referrals.waiting(session, shop_id=shop_id, friend_id=customer_id)
    if brought is None:
        return
    friend = people.customer(session, shop_id=shop_id, customer_id=customer_id)
    inviter = people.customer(session, shop_id=shop_id, customer_id=brought.inviter_id)
    if friend is None:
        return
    why = rules.why_not(_facts(session, brought=brought, friend=friend, inviter=inviter, visit_id=visit_id))
    if not why and friend.phone_key:
        brought.once_id = referrals.take_number(session, shop_id=shop_id, phone_key=friend.phone_key, now=now)
        why = "" if brought.once_id else "again"
    if why:
        referrals.refuse(session, referral=brought, why=why, now=now)
        return
    brought.visit_id, brought.came_at = visit_id, now
    session.flush()
    _give_friend(session, brought=brought, now=now)
    if inviter is not None:
        _inviter_is_due(session, brought=brought, now=now)


def _facts(
    session: Any, *, brought: Referral, friend: Customer, inviter: Customer | None, visit_id: int
) -> Facts:
    shop_id = brought.shop_id
    types_inviters, types_known = referrals.typed_number_of(
        session, shop_id=shop_id, friend_id=friend.id, inviter=inviter
    )
    works_here = inviter.staff_id if inviter is not None else None
    by, role = referrals.stamped_by(session, shop_id=shop_id, visit_id=visit_id)
    return Facts(
        friend_id=friend.id,
        inviter_id=brought.inviter_id,
        types_inviters_number=types_inviters,
        types_known_number=types_known,
        same_person_of_shop=works_here is not None and works_here == friend.staff_id,
        # An owner who brings somebody to their own shop takes nothing from anybody.
        stamped_by_inviter=works_here is not None and works_here == by and role != "owner",
        chain=referrals.chain_above(session, shop_id=shop_id, customer_id=brought.inviter_id),
    )


def _cause(brought: Referral, whom: str) -> str:
    return f"referral:{brought.id}:{brought.visit_id}:{whom}"


def _give_friend(session: Any, *, brought: Referral, now: datetime) -> None:
    if brought.friend_entry_id or brought.friend_coupon_id:
        return  # had before the first visit was undone, and used: it stayed theirs
    brought.friend_entry_id, brought.friend_coupon_id = referral_gifts.give(
        session,
        shop_id=brought.shop_id,
        customer_id=brought.friend_id,
        gift=Gift(brought.friend_stamps, brought.friend_kind_id),
        cause=_cause(brought, "f"),
        now=now,
    )
    session.flush()


def _inviter_is_due(session: Any, *, brought: Referral, now: datetime) -> None:
    brought.inviter_is_due = True
    session.flush()
    shop_id, referral_id = brought.shop_id, brought.id
    afterwards(session, lambda: settle(shop_id=shop_id, referral_id=referral_id, now=now))


def settle(*, shop_id: int, referral_id: int, now: datetime) -> None:
    """Bring what the inviter has to what the friend's visit says, if that is due. Twice changes nothing."""
    after_a_race(lambda: _settle(shop_id=shop_id, referral_id=referral_id, now=now))


def settle_due(*, shop_id: int, now: datetime) -> int:
    """Settle what was left behind by a fault between a stamp and its inviter's gift; returns how many rows."""
    due = queries.due_inviters(shop_id)
    for referral_id in due:
        settle(shop_id=shop_id, referral_id=referral_id, now=now)
    return len(due)


def _settle(*, shop_id: int, referral_id: int, now: datetime) -> None:
    with write() as session:
        inviter_id = referrals.due_inviter(session, shop_id=shop_id, referral_id=referral_id)
        if inviter_id is None:
            return
        # Their card first: of two friends at once the second one counts what the first one brought.
        referral_gifts.hold(session, shop_id=shop_id, customer_id=inviter_id)
        brought = referrals.held(session, shop_id=shop_id, referral_id=referral_id)
        if not brought.inviter_is_due or brought.inviter_id != inviter_id:
            return  # settled by somebody else, or their card went into another: the clock comes round
        has = brought.inviter_entry_id is not None or brought.inviter_coupon_id is not None
        if has and brought.visit_id is None:
            _take_inviters_back(session, brought=brought, now=now)
        elif not has and brought.came_at is not None:
            _give_inviter(session, brought=brought, came_at=brought.came_at, now=now)
        brought.inviter_is_due = False
        session.flush()


def _give_inviter(session: Any, *, brought: Referral, came_at: datetime, now: datetime) -> None:
    shop_id, gift = brought.shop_id, Gift(brought.inviter_stamps, brought.inviter_kind_id)
    settings = referrals.settings(session, shop_id=shop_id)
    had = referrals.given_this_month(session, shop_id=shop_id, inviter_id=brought.inviter_id, now=came_at)
    if settings and not rules.inviter_has_room(given_this_month=had, month_most=settings.month_most):
        return
    brought.inviter_entry_id, brought.inviter_coupon_id = referral_gifts.give(
        session,
        shop_id=shop_id,
        customer_id=brought.inviter_id,
        gift=gift,
        cause=_cause(brought, "i"),
        now=now,
    )
    session.flush()
    if brought.inviter_entry_id is None and brought.inviter_coupon_id is None:
        return
    outbox.plan(
        session,
        shop_id=shop_id,
        customer_id=brought.inviter_id,
        kind="friend_came",
        cause=_cause(brought, "m"),
        due_at=now,
        facts={"gift": _words(session, shop_id=shop_id, gift=gift)},
        now=now,
    )


def _words(session: Any, *, shop_id: int, gift: Gift) -> str:
    named = select(CouponKind.name).where(CouponKind.shop_id == shop_id, CouponKind.id == gift.kind_id)
    names = {gift.kind_id: called(session.scalar(named) or "")} if gift.kind_id else {}
    return rules.gift_words(gift, names)


def take_back(session: Any, *, shop_id: int, visit_id: int, now: datetime) -> None:
    """Take back what an undone first visit had brought; what somebody has used meanwhile stays theirs.

    The friend is waited for again: the next first visit gives what was taken back, and nothing twice.
    """
    brought = referrals.of_visit(session, shop_id=shop_id, visit_id=visit_id)
    if brought is None:
        return
    told = _cause(brought, "m")
    if referral_gifts.take_back(
        session,
        shop_id=shop_id,
        entry_id=brought.friend_entry_id,
        coupon_id=brought.friend_coupon_id,
        now=now,
    ):
        brought.friend_entry_id = brought.friend_coupon_id = None
    if brought.once_id is not None:
        referrals.free_number(session, shop_id=shop_id, once_id=brought.once_id)
    brought.once_id = brought.visit_id = brought.came_at = None
    brought.taken_back_at = now
    _inviter_is_due(session, brought=brought, now=now)
    recall.cancel(session, shop_id=shop_id, cause=told, reason="적립 취소", now=now)


def _take_inviters_back(session: Any, *, brought: Referral, now: datetime) -> None:
    if referral_gifts.take_back(
        session,
        shop_id=brought.shop_id,
        entry_id=brought.inviter_entry_id,
        coupon_id=brought.inviter_coupon_id,
        now=now,
    ):
        brought.inviter_entry_id = brought.inviter_coupon_id = None
