"""Coupons as tests need them, made and used through the flows."""

from __future__ import annotations

from typing import Any

from app.cards import rules as card_rules
from app.cards.models import Card
from app.coupons import rules
from app.coupons.models import Coupon, CouponKind, CouponUse, GivenOnce
from app.coupons.offers import started
from app.extensions import db
from app.flows import at_counter, coupon, coupon_kinds, coupon_rules
from app.flows.coupon import Used
from app.flows.unit import write
from tests import factories
from tests.factories import ACustomer, AShop


def a_kind(shop: AShop, rule: str = "manual", **typed: str) -> int:
    """Make a kind as the owner's form does; what is not named stands as the form begins."""
    form = (started(rule) or {}) | {"name": "아메리카노 한 잔", "gives": "item", "value": ""} | typed
    return coupon_kinds.make(
        shop_id=shop.id, staff_id=shop.owner_id, typed=form, once=factories.once(), now=factories.now()
    )


def give(shop: AShop, holder: ACustomer, kind_id: int, *, cause: str = "hand:1") -> int | None:
    """Give one coupon of a kind; None when there was none to give."""
    with write() as session:
        return coupon_rules.give_kind(
            session,
            shop_id=shop.id,
            customer_id=holder.id,
            kind_id=kind_id,
            cause=cause,
            now=factories.now(),
        )


def a_coupon(shop: AShop, holder: ACustomer, **typed: str) -> int:
    """Give a person a coupon of a kind of its own."""
    made = give(shop, holder, a_kind(shop, **typed))
    assert made is not None
    return made


def use(shop: AShop, coupon_id: int, *, card_is_here: bool = True, **changes: Any) -> Used:
    """Use a coupon as the owner, its holder's card being there."""
    settings: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "coupon_id": coupon_id,
        "once": factories.once(),
        "now": factories.now(),
    }
    settings |= changes
    if card_is_here:
        whose = db.select(Card.id).join(Coupon, Coupon.customer_id == Card.customer_id)
        mine = (Coupon.id == coupon_id, Card.closed_at.is_(None), Card.shop_id == shop.id)
        card_id = db.session.scalar(whose.where(*mine))
        if card_id is not None:
            factories.show_card(card_id, shop=shop, at=settings["now"])
    return coupon.use(**settings)


def undo(shop: AShop, use_id: int) -> int:
    """Take a use back as the owner."""
    return coupon.undo_use(shop_id=shop.id, staff_id=shop.owner_id, use_id=use_id, now=factories.now())


def code_of(holder: ACustomer, coupon_id: int) -> str:
    """Return what the QR of a coupon says now."""
    card = factories.a_card(holder.card_id)
    key = at_counter.card_key(
        factories.master(), shop_id=card.shop_id, card_id=card.id, version=card.key_version
    )
    ref = db.session.scalars(db.select(Coupon.ref).where(Coupon.id == coupon_id)).one()
    return rules.coupon_code(
        key=key,
        shop_id=card.shop_id,
        card_ref=card.ref,
        ref=ref,
        step=card_rules.code_step(factories.now()),
    )


def held_by(holder: ACustomer) -> list[Coupon]:
    """Return a person's coupons, the oldest first."""
    db.session.rollback()
    mine = db.select(Coupon).where(Coupon.customer_id == holder.id).order_by(Coupon.id)
    return list(db.session.scalars(mine))


def living(holder: ACustomer) -> list[int]:
    """Return the ids of a person's coupons that nobody used or took back."""
    return [each.id for each in held_by(holder) if each.used_at is None and each.withdrawn_at is None]


def check(shop: AShop) -> None:
    """Fail when a count is not what the coupons say, or a coupon is in two states at once."""
    db.session.rollback()
    every = list(db.session.scalars(db.select(Coupon).where(Coupon.shop_id == shop.id)))
    for kind in db.session.scalars(db.select(CouponKind).where(CouponKind.shop_id == shop.id)):
        mine = [each for each in every if each.kind_id == kind.id and each.withdrawn_at is None]
        assert kind.issued == len(mine)
        assert not kind.total or kind.issued <= kind.total
        holders = [each.customer_id for each in mine]
        assert not kind.per_person or all(holders.count(one) <= kind.per_person for one in set(holders))
    uses = list(db.session.scalars(db.select(CouponUse).where(CouponUse.shop_id == shop.id)))
    for each in every:
        standing = [use for use in uses if use.coupon_id == each.id and use.reversed_at is None]
        assert len(standing) == (1 if each.used_at else 0)
        assert not (each.used_at and each.withdrawn_at)
        assert each.expires_at is None or each.used_at is None or each.used_at < each.expires_at
    once = db.session.execute(db.select(GivenOnce.what, GivenOnce.phone_key)).all()
    assert len(once) == len(set(once))
