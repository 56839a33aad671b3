"""Reads about coupons for who holds one and for the counter. What hot pages ask is built once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from app.cards.models import Card, CodeUse
from app.cards.rules import LIVE_SECONDS
from app.coupons import rules, words
from app.coupons.models import Coupon, CouponKind, CouponUse
from app.coupons.rules import Terms
from app.extensions import db
from app.kit.clock import kst_day, start_of_day
from app.kit.columns import UtcDateTime
from app.visits.models import Visit


@dataclass(frozen=True)
class Held:
    """One coupon as its holder and the counter see it."""

    id: int
    ref: str
    terms: Terms
    issued_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def fine_print(self) -> str:
        """What every coupon prints: free, not for cash, its last minute."""
        return words.fine_print(self.expires_at)

    @property
    def last_words(self) -> str:
        """Its last minute in words: "12월 26일(토) 밤 11:59까지"."""
        return rules.until_words(self.expires_at) if self.expires_at else ""

    def state(self, now: datetime) -> str:
        """Return living, used, over or withdrawn."""
        if self.used_at is not None:
            return "used"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "over" if self.expires_at is not None and self.expires_at <= now else "living"


ROW = (
    Coupon.id,
    Coupon.ref,
    Coupon.issued_at,
    Coupon.expires_at,
    Coupon.used_at,
    Coupon.withdrawn_at,
    *(getattr(CouponKind, name) for name in Terms.__dataclass_fields__),
)
OF_KIND = (CouponKind.shop_id == Coupon.shop_id) & (CouponKind.id == Coupon.kind_id)
_MINE = (Coupon.shop_id == bindparam("shop"), Coupon.customer_id == bindparam("customer"))
_OPEN = (
    Coupon.used_at.is_(None),
    Coupon.withdrawn_at.is_(None),
    or_(Coupon.expires_at.is_(None), Coupon.expires_at > bindparam("now", type_=UtcDateTime())),
)
# The nearest end first: what is lost soonest is read first.
_LIVING = (
    select(*ROW)
    .join(CouponKind, OF_KIND)
    .where(*_MINE, *_OPEN)
    .order_by(Coupon.expires_at.nulls_last(), Coupon.id)
)
# What can be used and what was used today. A use that still stands closes its coupon, so there is one at most.
_AT_COUNTER = (
    select(
        *ROW,
        Coupon.cause,
        CouponUse.id.label("use_id"),
        CouponUse.at.label("use_at"),
        CouponUse.off.label("use_off"),
    )
    .join(CouponKind, OF_KIND)
    .outerjoin(
        CouponUse,
        (CouponUse.shop_id == Coupon.shop_id)
        & (CouponUse.coupon_id == Coupon.id)
        & (CouponUse.at >= bindparam("since", type_=UtcDateTime()))
        & CouponUse.reversed_at.is_(None),
    )
    .where(*_MINE, or_(and_(*_OPEN), CouponUse.id.is_not(None)))
    .order_by(CouponUse.id, Coupon.expires_at.nulls_last(), Coupon.id)
)


def held(row: Any) -> Held:
    """Return a row of ROW as a value."""
    facts = row._mapping
    terms = Terms(**{name: facts[name] for name in Terms.__dataclass_fields__})
    return Held(row.id, row.ref, terms, row.issued_at, row.expires_at, row.used_at, row.withdrawn_at)


def living(*, shop_id: int, customer_id: int, now: datetime, limit: int | None = None) -> list[Held]:
    """Return what a person can use now, the one that ends first on top."""
    which = {"shop": shop_id, "customer": customer_id, "now": now}
    return [held(row) for row in db.session.execute(_LIVING.limit(limit), which)]


def past(*, shop_id: int, customer_id: int, now: datetime, limit: int = 50) -> list[Held]:
    """Return what a person has used or let go by, the newest first; what the shop took back is not among them."""
    rows = db.session.execute(
        select(*ROW)
        .join(CouponKind, OF_KIND)
        .where(
            Coupon.shop_id == shop_id,
            Coupon.customer_id == customer_id,
            Coupon.withdrawn_at.is_(None),
            or_(Coupon.used_at.is_not(None), Coupon.expires_at <= now),
        )
        .order_by(func.coalesce(Coupon.used_at, Coupon.expires_at).desc(), Coupon.id.desc())
        .limit(limit)
    )
    return [held(row) for row in rows]


def everything(*, shop_id: int, customer_id: int, limit: int = 10_000) -> list[Held]:
    """Return every coupon a person ever had, the oldest first (their own download)."""
    rows = db.session.execute(
        select(*ROW)
        .join(CouponKind, OF_KIND)
        .where(Coupon.shop_id == shop_id, Coupon.customer_id == customer_id)
        .order_by(Coupon.id)
        .limit(limit)
    )
    return [held(row) for row in rows]


def one(*, shop_id: int, customer_id: int, ref: str) -> Held | None:
    """Return one coupon of this very person, or None."""
    row = db.session.execute(
        select(*ROW)
        .join(CouponKind, OF_KIND)
        .where(Coupon.shop_id == shop_id, Coupon.customer_id == customer_id, Coupon.ref == ref)
    ).one_or_none()
    return held(row) if row else None


def promised(*, shop_id: int, visits: int, today: date) -> list[Terms]:
    """Return what the next visits bring a person with so many, the nearest first: the promise on the card."""
    kinds = db.session.scalars(
        select(CouponKind)
        .where(
            CouponKind.shop_id == shop_id,
            CouponKind.rule == "nth_visit",
            CouponKind.rule_value > visits,
            CouponKind.ended_at.is_(None),
            or_(CouponKind.total == 0, CouponKind.issued < CouponKind.total),
        )
        .order_by(CouponKind.rule_value, CouponKind.id)
    )
    return [kind.terms for kind in kinds if rules.gives_itself(kind.terms, today=today)]


@dataclass(frozen=True)
class Promised:
    """What a person is promised before they do something: the kind and its name."""

    kind_id: int
    name: str


def promised_for(*, shop_id: int, customer_id: int, rule: str, now: datetime) -> Promised | None:
    """Return the kind of a rule that this very person would get now, or None."""
    had = (
        select(func.count(Coupon.id))
        .where(
            Coupon.shop_id == CouponKind.shop_id,
            Coupon.kind_id == CouponKind.id,
            Coupon.customer_id == customer_id,
            Coupon.withdrawn_at.is_(None),
        )
        .scalar_subquery()
    )
    kinds = db.session.scalars(
        select(CouponKind)
        .where(
            CouponKind.shop_id == shop_id,
            CouponKind.rule == rule,
            CouponKind.ended_at.is_(None),
            or_(CouponKind.total == 0, CouponKind.issued < CouponKind.total),
            or_(CouponKind.per_person == 0, had < CouponKind.per_person),
        )
        .order_by(CouponKind.id)
    )
    found = (kind for kind in kinds if rules.gives_itself(kind.terms, today=kst_day(now)))
    first = next(found, None)
    return Promised(first.id, first.name) if first else None


def coupon_names(*, shop_id: int, rule: str) -> list[tuple[str, int]]:
    """Return (name, days it is good for) of what a shop gives by a rule now, the oldest first."""
    rows = db.session.execute(
        select(CouponKind.name, CouponKind.valid_days)
        .where(CouponKind.shop_id == shop_id, CouponKind.rule == rule, CouponKind.ended_at.is_(None))
        .order_by(CouponKind.id)
    )
    return [(row.name, row.valid_days) for row in rows]


def gives_by(rule: str) -> ColumnElement[bool]:
    """Return the condition that the shop (`:shop`) gives coupons by a rule."""
    return (
        select(CouponKind.id)
        .where(
            CouponKind.shop_id == bindparam("shop"), CouponKind.rule == rule, CouponKind.ended_at.is_(None)
        )
        .exists()
    )


# --- the counter ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UseLine:
    """A use of today that still stands. `orphan`: the visit it was given for was undone."""

    id: int
    at: datetime
    off: int
    name: str
    orphan: bool


def at_counter(*, shop_id: int, customer_id: int, now: datetime) -> tuple[list[Held], list[UseLine]]:
    """Return what a person can use now, the one that ends first on top, and what they used today."""
    which = {"shop": shop_id, "customer": customer_id, "now": now, "since": start_of_day(kst_day(now))}
    rows = db.session.execute(_AT_COUNTER, which).all()
    used = [row for row in rows if row.use_id is not None]
    causes = [int(row.cause[6:]) for row in used if row.cause[:6] == "visit:" and row.cause[6:].isdigit()]
    gone = set()
    if causes:
        gone = set(
            db.session.scalars(
                select(Visit.id).where(
                    Visit.shop_id == shop_id, Visit.id.in_(causes), Visit.reversed_at.is_not(None)
                )
            )
        )
    undone = {f"visit:{visit_id}" for visit_id in gone}
    return (
        [held(row) for row in rows if row.use_id is None],
        [UseLine(row.use_id, row.use_at, row.use_off, row.name, row.cause in undone) for row in used],
    )


def card_of_coupon(*, shop_id: int, coupon_id: int) -> int | None:
    """Return the open card of a coupon's holder, or None for another shop's coupon."""
    return db.session.scalar(
        select(Card.id)
        .join(Coupon, (Coupon.shop_id == Card.shop_id) & (Coupon.customer_id == Card.customer_id))
        .where(Card.shop_id == shop_id, Coupon.id == coupon_id, Card.closed_at.is_(None))
    )


def code_read(*, shop_id: int, card_id: int, ref: str, now: datetime) -> bool:
    """Say whether a coupon's own code was read so lately that its holder stands here."""
    return (
        db.session.scalar(
            select(CodeUse.id)
            .where(
                CodeUse.shop_id == shop_id,
                CodeUse.card_id == card_id,
                CodeUse.what == ref,
                CodeUse.at > now - timedelta(seconds=LIVE_SECONDS),
                CodeUse.at <= now,
            )
            .limit(1)
        )
        is not None
    )
