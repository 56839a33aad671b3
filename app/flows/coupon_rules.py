"""Coupons that a shop gives by itself: what happened, and which kinds follow from it.

Every coupon follows from a cause ("visit:12", "birthday:2026"); the same cause gives a kind once. All of
these run inside the caller's transaction: what happened and what it brought are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from app.cards.actions.merged import hold_cards
from app.cards.models import Card
from app.coupons import actions as coupons
from app.coupons import rules
from app.coupons.models import Coupon, CouponKind
from app.customers.models import Customer
from app.kit.clock import kst_day
from app.kit.korean import day_name
from app.messages import gather, outbox, recall
from app.messages.gather import Known
from app.shops.models import Shop

_GREETINGS = {
    "birthday": "생일 축하드려요.",
    "anniversary": "기념일 축하드려요.",
    "win_back": "오랜만이에요.",
    "manual": "늘 고맙습니다.",
    "season": "늘 고맙습니다.",
}
# A coupon that ends sooner than its message would grow stale: the message goes with it.
_FRESH = timedelta(days=5)
_AT_VISIT = ("sign_up", "nth_visit", "season")
_PERSON = select(Customer.visit_count, Customer.phone_key, Customer.joined_at).where(
    Customer.shop_id == bindparam("shop"), Customer.id == bindparam("customer")
)
_CODE = select(Shop.code).where(Shop.id == bindparam("shop"))


def give(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    rule: str,
    cause: str,
    now: datetime,
    value: int | None = None,
    tells: bool = True,
) -> list[int]:
    """Issue every living kind of a rule once for this cause, and tell its holder; returns the coupons' ids.

    `tells` False: whoever asked tells of it, by tell() or in words of their own.
    `value` picks kinds by what their rule asks for (the tier's id, the number of the visit); kinds that ask
    for nothing in particular are among them. `cause` has at most 40 characters.
    """
    kinds = [
        kind
        for kind in coupons.living_kinds(session, shop_id=shop_id, of=(rule,), today=kst_day(now))
        if value is None or kind.rule_value in (0, value)
    ]
    made = _give_kinds(session, kinds, customer_id=customer_id, cause=cause, now=now, tells=tells)
    return list(made.values())


def give_kind(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    kind_id: int,
    cause: str,
    now: datetime,
    rule: str | None = None,
    tells: bool = True,
) -> int | None:
    """Issue one kind once for this cause, whatever its rule; None when it gives nothing (more), or was stopped.

    `rule`: the only one it may be of, where its number came from outside. `tells`: False where a message of its
    own brings it.
    """
    kind = coupons.kind(session, shop_id=shop_id, kind_id=kind_id)
    if kind is None or kind.ended_at is not None or rule not in (None, kind.rule):
        return None
    made = _give_kinds(session, [kind], customer_id=customer_id, cause=cause, now=now, tells=tells)
    return made.get(kind_id)


def give_to(
    session: Any, *, shop_id: int, customer_ids: Sequence[int], kind_id: int, cause: str, now: datetime
) -> list[int]:
    """Issue one kind to many people once for this cause, and tell each; returns who got one.

    For a list or a campaign. Call it for some hundred people at a time: a counter waits until it is done.
    """
    got = []
    hold_cards(session, shop_id=shop_id, customer_ids=customer_ids)
    for customer_id in sorted(customer_ids):
        given = give_kind(
            session, shop_id=shop_id, customer_id=customer_id, kind_id=kind_id, cause=cause, now=now
        )
        if given is not None:
            got.append(customer_id)
    return got


def at_proof(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    """A number was proven: give what the join button promised, without waiting for the first visit."""
    kinds = coupons.living_kinds(session, shop_id=shop_id, of=("sign_up",), today=kst_day(now))
    if kinds:
        _give_due(session, kinds, customer_id=customer_id, cause="sign_up", now=now)


def at_visit(session: Any, *, shop_id: int, customer_id: int, visit_id: int, now: datetime) -> None:
    """Give what this visit brings."""
    kinds = coupons.living_kinds(session, shop_id=shop_id, of=_AT_VISIT, today=kst_day(now))
    if kinds:
        _give_due(session, kinds, customer_id=customer_id, cause=f"visit:{visit_id}", now=now)


def _give_due(
    session: Any, kinds: Sequence[CouponKind], *, customer_id: int, cause: str, now: datetime
) -> None:
    """Give what of these kinds a person is due. A first meeting is given once for a number, whatever the card.

    It takes somebody at the counter, or a code: a number that was only typed may be anybody's, and as many can
    be typed as one likes. Who joined before the shop promised it is no new face.
    """
    shop_id = kinds[0].shop_id
    person = session.execute(_PERSON, {"shop": shop_id, "customer": customer_id}).one()
    firsts = [
        kind
        for kind in kinds
        if kind.rule == "sign_up"
        and person.phone_key
        and (person.visit_count <= 1 or kind.created_at <= person.joined_at)
    ]
    due = [
        kind
        for kind in kinds
        if kind.rule == "season" or (kind.rule == "nth_visit" and kind.rule_value == person.visit_count)
    ]
    once = {"shop_id": shop_id, "what": "sign_up", "phone_key": person.phone_key, "now": now}
    note_id = coupons.first_time(session, **once) if firsts else None
    if note_id is not None:
        due = [kind for kind in kinds if kind in firsts or kind in due]
    made = _give_kinds(session, due, customer_id=customer_id, cause=cause, now=now)
    if note_id is not None and not made.keys() & {kind.id for kind in firsts}:
        coupons.not_given_after_all(session, shop_id=shop_id, row_id=note_id)


def take_back(session: Any, *, shop_id: int, visit_id: int, now: datetime) -> None:
    """Take back what an undone visit had brought and nobody used; what was used stays used."""
    which = [Coupon.cause == f"visit:{visit_id}"]
    taken = withdraw(session, shop_id=shop_id, which=which, reason="적립 취소", now=now)
    for each in taken:
        kind = coupons.kind(session, shop_id=shop_id, kind_id=each.kind_id)
        if kind is not None and kind.rule == "sign_up":  # the next visit is their first again
            person = session.execute(_PERSON, {"shop": shop_id, "customer": each.customer_id}).one()
            coupons.free_number(session, shop_id=shop_id, what="sign_up", phone_key=person.phone_key)


def withdraw(session: Any, *, shop_id: int, which: Sequence[Any], reason: str, now: datetime) -> list[Coupon]:
    """Take back the unused coupons of these conditions, and the messages about them; returns them."""
    theirs = select(Coupon.customer_id).where(Coupon.shop_id == shop_id, *which)
    hold_cards(session, shop_id=shop_id, customer_ids=list(session.scalars(theirs)))
    taken = coupons.withdraw(session, shop_id=shop_id, now=now, which=which)
    for each in taken:
        recall.cancel(session, shop_id=shop_id, cause=f"coupon:{each.id}", reason=reason, now=now)
        touch(session, shop_id=shop_id, customer_id=each.customer_id)
    return taken


def _give_kinds(
    session: Any,
    kinds: Sequence[CouponKind],
    *,
    customer_id: int,
    cause: str,
    now: datetime,
    tells: bool = True,
) -> dict[int, int]:
    """Return the coupon of every kind that gave one."""
    made: dict[int, int] = {}
    known: Known | None = None
    if kinds:
        hold_cards(session, shop_id=kinds[0].shop_id, customer_ids=[customer_id])
    for kind in kinds:
        if kind.rule in rules.NEEDS_MARKETING:
            # Looked at before anything is written: a person's own days are used with their consent alone.
            known = known or gather.look_up(session, shop_id=kind.shop_id, customer_id=customer_id, now=now)
            if not known.person.marketing:
                continue
        coupon_id = coupons.issue(session, kind=kind, customer_id=customer_id, cause=cause, now=now)
        if coupon_id is None:
            continue
        made[kind.id] = coupon_id
        if tells:
            known = known or gather.look_up(session, shop_id=kind.shop_id, customer_id=customer_id, now=now)
            tell(session, shop_id=kind.shop_id, coupon_id=coupon_id, known=known, now=now)
    if made:
        touch(session, shop_id=kinds[0].shop_id, customer_id=customer_id)
    return made


def tell(
    session: Any,
    *,
    shop_id: int,
    coupon_id: int,
    now: datetime,
    known: Known | None = None,
    greeting: str | None = None,
) -> None:
    """Plan the one message about a coupon that was just given. `greeting`: instead of its rule's own."""
    found = coupons.coupon(session, shop_id=shop_id, coupon_id=coupon_id)
    if found is None:
        return
    given, kind = found
    is_earned, expires_at = kind.rule in rules.EARNED, given.expires_at
    facts = facts_of(session, kind=kind, expires_at=expires_at)
    outbox.plan(
        session,
        shop_id=shop_id,
        customer_id=given.customer_id,
        kind="coupon_earned" if is_earned else "coupon_gift",
        cause=f"coupon:{coupon_id}",
        due_at=now,
        not_after=expires_at if expires_at is not None and expires_at < now + _FRESH else None,
        facts=facts if greeting is None else facts | {"greeting": greeting},
        now=now,
        known=known,
    )


def facts_of(session: Any, *, kind: CouponKind, expires_at: datetime | None) -> dict[str, Any]:
    """Return what a message about a coupon says: its name, its last day, the shop's code, a greeting."""
    return {
        "coupon": kind.name,
        "until": day_name(rules.last_day(expires_at)) if expires_at else "언제",
        "code": session.scalar(_CODE, {"shop": kind.shop_id}),
        "greeting": _GREETINGS.get(kind.rule, ""),
    }


def holds_card(session: Any, *, shop_id: int, customer_id: int) -> bool:
    """Say whether somebody of this shop holds a card: elsewhere a coupon could lie nowhere."""
    mine = select(Card.id).where(
        Card.shop_id == shop_id, Card.customer_id == customer_id, Card.closed_at.is_(None)
    )
    return session.scalar(mine) is not None


def touch(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Tell the open page of a card that its coupons changed."""
    session.execute(
        update(Card)
        .where(Card.shop_id == shop_id, Card.customer_id == customer_id, Card.closed_at.is_(None))
        .values(changed=Card.changed + 1)
        .execution_options(synchronize_session=False)
    )
