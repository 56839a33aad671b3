"""Reads about the first meeting: what the join button promises, and why a first visit brought nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select

from app.coupons import rules
from app.coupons.models import Coupon, CouponKind, GivenOnce
from app.coupons.rules import Terms
from app.customers.models import Consent, Customer, PhoneClaim
from app.extensions import db
from app.kit.clock import kst_day


def offer(*, shop_id: int, rule: str, now: datetime) -> Terms | None:
    """Return what a rule gives right now (sign_up: what the join button may promise), or None."""
    return _offered(shop_id, rule, now)


def first_offer(*, shop_id: int, customer_id: int, now: datetime) -> Terms | None:
    """Return what the first visit brings somebody who left a number, or None.

    The same for a number that another card has: the card must not tell which numbers the shop knows (S06).
    """
    left = exists().where(
        Customer.shop_id == shop_id, Customer.id == customer_id, Customer.phone.is_not(None)
    )
    typed = exists().where(PhoneClaim.shop_id == shop_id, PhoneClaim.customer_id == customer_id)
    return _offered(shop_id, "sign_up", now, or_(left, typed))


def refused_first(*, shop_id: int, customer_id: int, now: datetime) -> Terms | None:
    """Return what a visit did not bring, because the number has a card here already or had this before, or None.

    Only a number that was typed before somebody stamped the card counts: whoever types numbers at home reads
    the same of each (S06), and at the counter the gift that stays away has said so already.
    """
    mine = (Customer.shop_id == shop_id, Customer.id == customer_id)
    taken = exists().where(
        PhoneClaim.shop_id == shop_id,
        PhoneClaim.customer_id == customer_id,
        PhoneClaim.at <= Customer.last_visit_at,
    )
    had_before = exists().where(
        GivenOnce.shop_id == shop_id,
        GivenOnce.what == "sign_up",
        GivenOnce.phone_key == Customer.phone_key,
        Customer.phone_key != "",
    )
    told_before = exists().where(  # a consent is written down with each new number
        Consent.shop_id == shop_id,
        Consent.customer_id == customer_id,
        Consent.phone_key == Customer.phone_key,
        Consent.at <= Customer.last_visit_at,
    )
    got = exists().where(
        Coupon.shop_id == shop_id,
        Coupon.customer_id == customer_id,
        Coupon.kind_id == CouponKind.id,
    )
    stood_there = exists().where(
        *mine,
        CouponKind.created_at <= Customer.last_visit_at,
        or_(taken, had_before & told_before),
    )
    return _offered(shop_id, "sign_up", now, stood_there, ~got)


def _offered(shop_id: int, rule: str, now: datetime, *which: Any) -> Terms | None:
    kinds = db.session.scalars(
        select(CouponKind)
        .where(
            *which,
            CouponKind.shop_id == shop_id,
            CouponKind.rule == rule,
            CouponKind.ended_at.is_(None),
            or_(CouponKind.total == 0, CouponKind.issued < CouponKind.total),
        )
        .order_by(CouponKind.id)
    )
    found = (kind.terms for kind in kinds if rules.gives_itself(kind.terms, today=kst_day(now)))
    return next(found, None)
