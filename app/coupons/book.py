"""Reads for the owner: kinds and what became of them, what was given by hand; and what the clock asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from app.cards.models import Card
from app.coupons import rules
from app.coupons.models import Coupon, CouponGift, CouponKind, CouponUse
from app.coupons.queries import OF_KIND, ROW, Held, held
from app.coupons.rules import Terms
from app.customers.models import Customer
from app.extensions import db
from app.kit.clock import kst_day, start_of_day
from app.shops.models import Staff
from app.visits.models import Visit

# Who has been away longer than this beyond the shop's number of days has left for good.
_LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True)
class KindLine:
    """A kind with what became of it: `out` can still be used, `over` was not used in time."""

    id: int
    terms: Terms
    issued: int
    used: int
    out: int
    created_at: datetime
    ended_at: datetime | None

    @property
    def over(self) -> int:
        """How many were let go by."""
        return self.issued - self.used - self.out

    @property
    def has_run_out(self) -> bool:
        """Whether as many are out as were to be given."""
        return bool(self.terms.total) and self.issued >= self.terms.total


def kinds(*, shop_id: int, now: datetime) -> list[KindLine]:
    """Return every kind of the shop, those that are given now first, then the newest."""
    return _kinds(shop_id, now)


def kind(*, shop_id: int, kind_id: int, now: datetime) -> KindLine | None:
    """Return one kind of this shop, or None."""
    return next(iter(_kinds(shop_id, now, CouponKind.id == kind_id)), None)


def _kinds(shop_id: int, now: datetime, *which: Any) -> list[KindLine]:
    used = func.count(Coupon.id).filter(Coupon.used_at.is_not(None))
    out = func.count(Coupon.id).filter(
        Coupon.used_at.is_(None),
        Coupon.withdrawn_at.is_(None),
        or_(Coupon.expires_at.is_(None), Coupon.expires_at > now),
    )
    found = db.session.execute(
        select(CouponKind, used.label("used"), out.label("out"))
        .outerjoin(Coupon, OF_KIND)
        .where(CouponKind.shop_id == shop_id, *which)
        .group_by(CouponKind.id)
        .order_by(CouponKind.ended_at.is_not(None), CouponKind.id.desc())
    )
    return [
        KindLine(row.id, row.terms, row.issued, used_, out_, row.created_at, row.ended_at)
        for row, used_, out_ in found
    ]


@dataclass(frozen=True)
class GivenLine:
    """A coupon on a person's page of the shop. `by_hand`: it may be taken back for a while."""

    held: Held
    by_hand: bool


def of_person(*, shop_id: int, customer_id: int, now: datetime, limit: int = 30) -> list[GivenLine]:
    """Return a person's coupons for the shop, the newest first."""
    rows = db.session.execute(
        select(*ROW, Coupon.cause)
        .join(CouponKind, OF_KIND)
        .where(Coupon.shop_id == shop_id, Coupon.customer_id == customer_id, Coupon.withdrawn_at.is_(None))
        .order_by(Coupon.id.desc())
        .limit(limit)
    )
    return [
        GivenLine(held(row), row.cause.startswith("hand:") and now - row.issued_at < rules.WITHDRAW_WITHIN)
        for row in rows
    ]


@dataclass(frozen=True)
class GiftLine:
    """A kind given to a group. `given` so far; `begins_at`: None once it has begun; `done`: nobody is left."""

    id: int
    people: str
    counted: int
    given: int
    at: datetime
    staff: str
    begins_at: datetime | None
    done: bool
    withdrawn: bool
    may_withdraw: bool


def gifts(*, shop_id: int, kind_id: int, now: datetime, limit: int = 10) -> list[GiftLine]:
    """Return to which groups a kind was given, the newest first."""
    rows = db.session.execute(
        select(CouponGift, Staff.name)
        .outerjoin(Staff, (Staff.shop_id == CouponGift.shop_id) & (Staff.id == CouponGift.staff_id))
        .where(CouponGift.shop_id == shop_id, CouponGift.kind_id == kind_id)
        .order_by(CouponGift.id.desc())
        .limit(limit)
    )
    return [
        GiftLine(
            gift.id,
            gift.people,
            gift.counted,
            gift.given,
            gift.at,
            name or "",
            gift.at + rules.GROUP_WAITS
            if gift.done_at is None and now - gift.at < rules.GROUP_WAITS
            else None,
            gift.done_at is not None,
            gift.withdrawn_at is not None,
            gift.withdrawn_at is None and now - gift.at < rules.WITHDRAW_WITHIN,
        )
        for gift, name in rows
    ]


def holders_of(*, shop_id: int, kind_id: int, customer_ids: Sequence[int]) -> set[int]:
    """Return who of these people has had a kind already."""
    return set(
        db.session.scalars(
            select(Coupon.customer_id).where(
                Coupon.shop_id == shop_id,
                Coupon.kind_id == kind_id,
                Coupon.customer_id.in_(customer_ids),
                Coupon.withdrawn_at.is_(None),
            )
        )
    )


@dataclass(frozen=True)
class TodaysUse:
    """One use of today in the shop's list, with who handed it over."""

    id: int
    card_id: int
    customer: str
    name: str
    off: int
    at: datetime
    staff: str
    undone: bool


def uses_today(
    *, shop_id: int, now: datetime, staff_id: int | None = None, limit: int = 60
) -> list[TodaysUse]:
    """Return today's uses of everybody, or of one person of the staff, newest first, those taken back among them."""
    by_whom = [] if staff_id is None else [CouponUse.staff_id == staff_id]
    rows = db.session.execute(
        select(
            CouponUse.id,
            Card.id.label("card_id"),
            Customer.name.label("customer"),
            CouponKind.name,
            CouponUse.off,
            CouponUse.at,
            func.coalesce(Staff.name, "").label("staff"),
            CouponUse.reversed_at.is_not(None).label("undone"),
        )
        .join(Coupon, (Coupon.shop_id == CouponUse.shop_id) & (Coupon.id == CouponUse.coupon_id))
        .join(CouponKind, OF_KIND)
        .join(Customer, (Customer.shop_id == Coupon.shop_id) & (Customer.id == Coupon.customer_id))
        .join(
            Card,
            (Card.shop_id == Coupon.shop_id)
            & (Card.customer_id == Coupon.customer_id)
            & Card.closed_at.is_(None),
        )
        .outerjoin(Staff, (Staff.shop_id == CouponUse.shop_id) & (Staff.id == CouponUse.staff_id))
        .where(CouponUse.shop_id == shop_id, CouponUse.at >= start_of_day(kst_day(now)), *by_whom)
        .order_by(CouponUse.at.desc(), CouponUse.id.desc())
        .limit(limit)
    )
    return [TodaysUse(**row._mapping) for row in rows]


# --- the clock --------------------------------------------------------------------------------------


def rules_in_use(*, shop_id: int) -> set[str]:
    """Return the rules by which a shop gives coupons now."""
    return set(
        db.session.scalars(
            select(CouponKind.rule).where(CouponKind.shop_id == shop_id, CouponKind.ended_at.is_(None))
        )
    )


def ending(
    *, shop_id: int, since: datetime, until: datetime, after_id: int, limit: int
) -> list[tuple[int, int]]:
    """Return (coupon, customer) of unused coupons that end within a span, by their ids.

    Only those that were good for a week or more: who got one yesterday need not be told that it ends.
    """
    rows = db.session.execute(
        select(Coupon.id, Coupon.customer_id, Coupon.issued_at, Coupon.expires_at)
        .where(
            Coupon.shop_id == shop_id,
            Coupon.expires_at > since,
            Coupon.expires_at <= until,
            Coupon.used_at.is_(None),
            Coupon.withdrawn_at.is_(None),
            Coupon.issued_at < since - timedelta(days=4),
            Coupon.id > after_id,
        )
        .order_by(Coupon.id)
        .limit(limit)
    )
    return [(row.id, row.customer_id) for row in rows]


def open_gifts(*, now: datetime, limit: int = 20) -> list[tuple[int, int]]:
    """Return (shop, gift) of what is to be given to groups now, in every shop, the oldest first."""
    rows = db.session.execute(
        select(CouponGift.shop_id, CouponGift.id)
        .where(CouponGift.done_at.is_(None), CouponGift.at <= now - rules.GROUP_WAITS)
        .order_by(CouponGift.id)
        .limit(limit)
    )
    return [(row.shop_id, row.id) for row in rows]


def open_gift(*, shop_id: int, gift_id: int, now: datetime) -> tuple[int, str, datetime, int] | None:
    """Return (kind, group, when it was given, how far it has come), or None when it is done or waits."""
    row = db.session.execute(
        select(CouponGift.kind_id, CouponGift.people, CouponGift.at, CouponGift.after_id).where(
            CouponGift.shop_id == shop_id,
            CouponGift.id == gift_id,
            CouponGift.done_at.is_(None),
            CouponGift.at <= now - rules.GROUP_WAITS,
        )
    ).one_or_none()
    return None if row is None else (row.kind_id, row.people, row.at, row.after_id)


def silent(
    *, shop_id: int, kind_id: int, days: int, now: datetime, after_id: int, limit: int
) -> list[tuple[int, int]]:
    """Return (customer, last visit) of the next people by id whose last visit lies so many days back.

    Only who has not got this kind in this silence.
    """
    until = start_of_day(kst_day(now) - timedelta(days=days - 1))
    rows = db.session.execute(
        select(Customer.id, Visit.id.label("visit_id"))
        .join(
            Visit,
            (Visit.shop_id == Customer.shop_id)
            & (Visit.customer_id == Customer.id)
            & (Visit.at == Customer.last_visit_at)
            & Visit.reversed_at.is_(None),
        )
        .where(
            Customer.shop_id == shop_id,
            Customer.erased_at.is_(None),
            Customer.last_visit_at < until,
            Customer.last_visit_at > until - _LOOK_BACK,
            Customer.id > after_id,
            ~select(Coupon.id)
            .where(
                Coupon.shop_id == shop_id,
                Coupon.kind_id == kind_id,
                Coupon.customer_id == Customer.id,
                Coupon.issued_at > Customer.last_visit_at,
            )
            .exists(),
        )
        .order_by(Customer.id)
        .limit(limit)
    )
    return [(row.id, row.visit_id) for row in rows]


def holds_living(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a customer holds a coupon that can still be used."""
    return (
        select(Coupon.id)
        .where(
            Coupon.shop_id == Customer.shop_id,
            Coupon.customer_id == Customer.id,
            Coupon.used_at.is_(None),
            Coupon.withdrawn_at.is_(None),
            Coupon.expires_at > now,
        )
        .exists()
    )
